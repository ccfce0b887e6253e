package io.intake.processors.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.job.Failure;
import io.intake.processors.join.JoinTree.Node;
import io.intake.processors.join.JoinTree.Step;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** A row that is lost in a join is a patient of whom nobody hears. */
class AuditTest {
    private static final JoinTree TREE = new JoinTree(
            List.of(new Node(0, "patients", 1, OptionalInt.of(0), 0)),
            List.of(new Step(0, 0, List.of("MRN"), List.of())));

    private static Optional<Failure> check(long rows, long read, long written) {
        Tally tally =
                new Tally(Map.of("0." + Tally.ROWS, rows, "0." + Tally.PARENTS, read, "0." + Tally.WRITTEN, written));
        return new Audit(TREE, tally).check(TREE.steps().getFirst());
    }

    @Test
    void rowsThatAreReadOrWrittenLessOrMoreOftenThanTheyAreThereAreFound() {
        assertThat(check(5, 5, 5)).isEmpty();
        for (long[] wrong : new long[][] {{5, 4, 4}, {5, 5, 4}, {5, 6, 6}, {5, 5, 6}, {0, 1, 1}}) {
            assertThat(check(wrong[0], wrong[1], wrong[2]))
                    .as("%d rows, %d read, %d written", wrong[0], wrong[1], wrong[2])
                    .get()
                    .extracting(Failure::code)
                    .isEqualTo("JOIN_COUNTS_DIFFER");
        }
    }
}
