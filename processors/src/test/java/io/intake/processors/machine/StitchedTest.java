package io.intake.processors.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.forward.Deliverable;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.plan.Plan;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A job that ends as delivered while rows of it are neither at the engine nor refused hides a loss. */
class StitchedTest {
    private static final Plan PLAN = new Plan(List.of(), 0, List.of(), List.of(), List.of());

    private static Optional<Failure> undelivered(Map<String, Long> counts) {
        Job job = Deliverable.job();
        for (Map.Entry<String, Long> count : counts.entrySet()) {
            job = job.withCount(count.getKey(), count.getValue());
        }
        return Stitched.undelivered(job, PLAN);
    }

    @Test
    void whatIsDeliveredAndWhatIsRefusedMakeUpAllThatThereIs() {
        assertThat(undelivered(Map.of("rows", 7L, "delivered", 7L))).isEmpty();
        assertThat(undelivered(Map.of("rows", 7L, "delivered", 5L, "refused", 2L)))
                .isEmpty();
        for (Map<String, Long> counts : List.of(
                Map.of("rows", 7L, "delivered", 6L),
                Map.of("rows", 7L, "delivered", 8L),
                Map.of("rows", 7L, "delivered", 6L, "refused", 2L),
                Map.of("rows", 7L))) {
            assertThat(undelivered(counts))
                    .as(counts.toString())
                    .get()
                    .extracting(Failure::code)
                    .isEqualTo("COUNTS_DIFFER");
        }
    }
}
