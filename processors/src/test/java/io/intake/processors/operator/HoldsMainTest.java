package io.intake.processors.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.config.ArchiveLimits;
import io.intake.config.Feed;
import io.intake.config.Format;
import io.intake.processors.Records;
import io.intake.processors.TestClock;
import io.intake.processors.hold.HoldReasons;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.store.ConditionalWrites;
import io.intake.store.memory.InMemoryObjectStore;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Two operators who decide differently must not both be told that theirs was done. */
class HoldsMainTest {
    private static final String JOB = "20260304-aa";

    private final TestClock clock = new TestClock();
    private final InMemoryObjectStore bucket = new InMemoryObjectStore(clock);
    private final JobStore jobs =
            new JobStore(new Records(bucket, new ConditionalWrites(bucket, () -> "w", pause -> {})));
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    private void held(JobState... before) {
        Feed feed = new Feed("f", ".*", ArchiveLimits.DEFAULT, Format.DEFAULT, List.of(), "e", 10, Set.of());
        Job job = Job.open(
                JOB, "p", new Input("inbound/p/x", null, "e", 1, null, clock.instant()), feed, clock.instant());
        for (JobState state : before) {
            job = job.become(state, clock.instant());
        }
        jobs.open(job.hold(HoldReasons.sameBytes(), clock.instant()));
    }

    private int run(String... arguments) {
        said.reset();
        PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
        return HoldsMain.run(List.of(arguments), bucket, clock, stream, stream);
    }

    @Test
    void aDecisionIsWrittenOnceAndOpensTheTaskThatGoesOn() {
        held(JobState.UNZIPPING, JobState.STITCHING);
        assertThat(run("release", JOB, "ops-7")).isZero();
        assertThat(said).asString().isEqualToIgnoringNewLines("released by ops-7 at 2026-03-04T05:06:07Z");
        assertThat(bucket.snapshot())
                .containsKeys(BucketLayout.decision(JOB, 4), BucketLayout.task(Stage.STITCH, JOB, 0));
        assertThat(run("release", JOB, "ops-8")).isZero();
        assertThat(said).asString().contains("by ops-7");
        assertThat(run("reject", JOB, "ops-8")).isEqualTo(3);
        assertThat(said).asString().contains("already released by ops-7");
    }

    @Test
    void aFileThatWasHeldBeforeAnythingWasDoneIsUnzippedThen() {
        held();
        assertThat(run("release", JOB, "ops-7")).isZero();
        assertThat(bucket.snapshot()).containsKey(BucketLayout.task(Stage.UNZIP, JOB, 0));
    }

    @Test
    void whatCannotBeDoneIsSaid() {
        assertThat(run("release", JOB, "ops-7")).isEqualTo(2);
        assertThat(said).asString().contains("no such job");
        assertThat(run("release", JOB)).isEqualTo(2);
        assertThat(run("release", "../x", "me")).isEqualTo(2);
        assertThat(run("drop", JOB, "me")).isEqualTo(2);
        assertThat(run()).isEqualTo(2);
        held();
        jobs.update(JOB, job -> job.fail(HoldReasons.rejected("SHRUNK"), clock.instant()));
        assertThat(run("release", JOB, "ops-7")).isEqualTo(3);
        assertThat(said).asString().contains("not held: it is QUARANTINED");
    }
}
