package io.intake.processors.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.config.ArchiveLimits;
import io.intake.config.Feed;
import io.intake.config.Format;
import io.intake.processors.Records;
import io.intake.processors.TestClock;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.page.PageEvent.Action;
import io.intake.processors.page.Pager.Outcome;
import io.intake.store.ConditionalWrites;
import io.intake.store.memory.InMemoryObjectStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** An incident that is opened behind its own end stays open, and the next real one is taken for it. */
class PageOrderTest {
    private static final String JOB = "20260304-aa";

    private final TestClock clock = new TestClock();
    private final InMemoryObjectStore bucket = new InMemoryObjectStore(clock);
    private final AtomicInteger ids = new AtomicInteger();
    private final Records records =
            new Records(bucket, new ConditionalWrites(bucket, () -> "w" + ids.incrementAndGet(), pause -> {}));
    private final JobStore jobs = new JobStore(records);
    private final Outbox outbox = new Outbox(records);
    private final List<Action> sent = new ArrayList<>();
    private Runnable whileSending = () -> {};

    private Job waiting() {
        Feed feed = new Feed("f", ".*", ArchiveLimits.DEFAULT, Format.DEFAULT, List.of(), "lab", 10, Set.of());
        Input input = new Input("inbound/p/x", null, "e", 1, null, clock.instant());
        Job job = Job.open(JOB, "p", input, feed, clock.instant());
        for (JobState state : List.of(JobState.UNZIPPING, JobState.STITCHING, JobState.FORWARDING, JobState.WAITING)) {
            job = job.become(state, clock.instant());
        }
        return jobs.open(job);
    }

    private void goesOn() {
        jobs.update(JOB, now -> now.become(JobState.FORWARDING, clock.instant()));
    }

    private Optional<Outcome> send(int number) {
        Pager pager = (event, budget) -> {
            whileSending.run();
            sent.add(event.action());
            return Outcome.ACCEPTED;
        };
        PageOrder order = new PageOrder(bucket, records, jobs, outbox);
        return new PageSender(
                        bucket,
                        records,
                        order,
                        new Incidents(bucket, records, clock),
                        Optional::of,
                        () -> Optional.of(pager))
                .send(BucketLayout.task(Stage.PAGE, JOB, number), () -> Duration.ofMinutes(1));
    }

    @Test
    void theBeginningIsSentWhileTheJobWaits() {
        outbox.leave(JOB, 5, Pages.engineDown(waiting(), "lab", "HTTP_503"));
        assertThat(send(5)).contains(Outcome.ACCEPTED);
        assertThat(sent).containsExactly(Action.TRIGGER);
        assertThat(bucket.head(BucketLayout.task(Stage.PAGE, JOB, 5))).isEmpty();
    }

    @Test
    void theEndWaitsForTheBeginningAndTheBeginningIsDroppedWhenTheJobHasGoneOn() {
        Job job = waiting();
        outbox.leave(JOB, 5, Pages.engineDown(job, "lab", "HTTP_503"));
        outbox.leave(JOB, 6, Pages.engineUp(job, "lab"));
        assertThat(send(6)).contains(Outcome.UNAVAILABLE);
        goesOn();
        assertThat(send(5)).isEmpty();
        assertThat(send(6)).contains(Outcome.ACCEPTED);
        assertThat(sent).containsExactly(Action.RESOLVE);
    }

    @Test
    void aBeginningThatWasSentTooLateIsFollowedByAnotherEnd() {
        outbox.leave(JOB, 5, Pages.engineDown(waiting(), "lab", "HTTP_503"));
        whileSending = this::goesOn;
        assertThat(send(5)).contains(Outcome.ACCEPTED);
        whileSending = () -> {};
        assertThat(send(6)).contains(Outcome.ACCEPTED);
        assertThat(sent).containsExactly(Action.TRIGGER, Action.RESOLVE);
    }
}
