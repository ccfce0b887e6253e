package io.intake.processors.job;

import static io.intake.processors.job.JobState.COLLECTING;
import static io.intake.processors.job.JobState.DELIVERED;
import static io.intake.processors.job.JobState.FAILED;
import static io.intake.processors.job.JobState.FORWARDING;
import static io.intake.processors.job.JobState.HELD;
import static io.intake.processors.job.JobState.QUARANTINED;
import static io.intake.processors.job.JobState.RECEIVED;
import static io.intake.processors.job.JobState.SKIPPED;
import static io.intake.processors.job.JobState.STITCHING;
import static io.intake.processors.job.JobState.UNMATCHED;
import static io.intake.processors.job.JobState.UNZIPPING;
import static io.intake.processors.job.JobState.WAITING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.config.ArchiveLimits;
import io.intake.config.Feed;
import io.intake.config.Format;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A step that the machine should not have could deliver a refused file, or end a job whose records are still on their way. */
class JobStateTest {
    private static final Map<JobState, Set<JobState>> STEPS = Map.ofEntries(
            Map.entry(RECEIVED, Set.of(COLLECTING, UNZIPPING, FORWARDING, HELD, SKIPPED, QUARANTINED, FAILED)),
            Map.entry(COLLECTING, Set.of(RECEIVED, UNZIPPING, DELIVERED, SKIPPED, HELD, QUARANTINED, FAILED)),
            Map.entry(UNZIPPING, Set.of(STITCHING, COLLECTING, HELD, QUARANTINED, FAILED)),
            Map.entry(STITCHING, Set.of(FORWARDING, HELD, QUARANTINED, FAILED)),
            Map.entry(HELD, Set.of(UNZIPPING, STITCHING, FORWARDING, QUARANTINED, FAILED)),
            Map.entry(FORWARDING, Set.of(WAITING, DELIVERED, QUARANTINED, FAILED)),
            Map.entry(WAITING, Set.of(FORWARDING, DELIVERED, QUARANTINED, FAILED)),
            Map.entry(DELIVERED, Set.of()),
            Map.entry(SKIPPED, Set.of()),
            Map.entry(UNMATCHED, Set.of()),
            Map.entry(QUARANTINED, Set.of()),
            Map.entry(FAILED, Set.of()));

    @Test
    void everyPairOfStatesIsAllowedOrRefusedAsTheTableSays() {
        for (JobState from : JobState.values()) {
            for (JobState to : JobState.values()) {
                assertThat(from.mayBecome(to))
                        .as("%s to %s", from, to)
                        .isEqualTo(STEPS.getOrDefault(from, Set.of()).contains(to));
            }
        }
    }

    @Test
    void terminalStatesAreThoseThatLeadNowhere() {
        for (JobState state : EnumSet.allOf(JobState.class)) {
            assertThat(state.terminal())
                    .as("%s", state)
                    .isEqualTo(STEPS.getOrDefault(state, Set.of()).isEmpty());
        }
    }

    @Test
    void aJobKeepsEachStateWithItsTimeAndRefusesAForbiddenStep() {
        Instant start = Instant.parse("2026-01-02T03:04:05Z");
        Feed feed = new Feed("f", ".*", ArchiveLimits.DEFAULT, Format.DEFAULT, List.of(), "e", 10, Set.of());
        Input input = new Input("inbound/p/x", null, "etag", 1, null, start);
        Job job = Job.open("20260102-00", "p", input, feed, start);
        Job unzipping = job.become(UNZIPPING, start.plusSeconds(1));
        assertThat(unzipping.history())
                .containsExactly(new Job.Change(RECEIVED, start), new Job.Change(UNZIPPING, start.plusSeconds(1)));
        assertThatThrownBy(() -> unzipping.become(DELIVERED, start))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("20260102-00")
                .hasMessageContaining("UNZIPPING")
                .hasMessageContaining("DELIVERED");
    }
}
