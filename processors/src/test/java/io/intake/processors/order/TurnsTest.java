package io.intake.processors.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.UploadIds;
import io.intake.config.ArchiveLimits;
import io.intake.config.DeliveryRules;
import io.intake.config.Feed;
import io.intake.config.Format;
import io.intake.processors.Records;
import io.intake.processors.TestClock;
import io.intake.processors.engine.Wakeups;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.task.TaskStore;
import io.intake.store.ConditionalWrites;
import io.intake.store.memory.InMemoryObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A correction that overtakes what it corrects leaves the mistake in the chart. */
class TurnsTest {
    private final TestClock clock = new TestClock();
    private final InMemoryObjectStore bucket = new InMemoryObjectStore(clock);
    private final AtomicInteger ids = new AtomicInteger();
    private final Records records =
            new Records(bucket, new ConditionalWrites(bucket, () -> "w" + ids.incrementAndGet(), pause -> {}));
    private final JobStore jobs = new JobStore(records);
    private final AtomicBoolean unseen = new AtomicBoolean();
    private final Turns turns = new Turns(
            bucket,
            records,
            jobs,
            new Wakeups(records, new TaskStore(bucket, records), clock),
            job -> unseen.get(),
            clock);

    private Job job(String id, Instant at, Instant begun) {
        Feed feed = new Feed("f", ".*", ArchiveLimits.DEFAULT, Format.DEFAULT, List.of(), "lab", 10, Set.of())
                .with(new DeliveryRules(true, null));
        Input input = new Input("inbound/p/" + id, null, "e" + id, 1, null, at, UploadIds.of(begun, UUID.randomUUID()));
        return Job.open(id, "p", input, feed, clock.instant());
    }

    private Job opened(String id, long second) {
        Instant at = clock.instant().plusSeconds(second);
        Job job = job(id, at, at);
        turns.expect(job);
        return jobs.open(job);
    }

    private Job ends(Job job, boolean well) {
        Job ended = jobs.update(
                job.id(),
                now -> well
                        ? now.become(JobState.SKIPPED, clock.instant())
                        : now.fail(Failure.broken("X", "x", "x"), clock.instant()));
        turns.over(ended);
        return ended;
    }

    @Test
    void laterFilesWaitForEarlierOnesThatMayStillBeDelivered() {
        Job second = opened("20260304-b", 2);
        Job first = opened("20260304-a", 1);
        assertThat(turns.take(second)).isFalse();
        assertThat(turns.take(first)).isTrue();
        assertThat(turns.take(first)).as("it keeps its turn").isTrue();
        ends(first, true);
        assertThat(turns.take(second)).isTrue();
    }

    @Test
    void aFileThatFailedKeepsNobodyWaitingAndOneThatIsHeldDoes() {
        Job failed = opened("20260304-a", 1);
        Job held = opened("20260304-b", 2);
        Job last = opened("20260304-c", 3);
        ends(failed, false);
        jobs.update(held.id(), now -> now.hold(Failure.badData("X", "x", "x"), clock.instant()));
        assertThat(turns.take(last)).isFalse();
        ends(held, false);
        assertThat(turns.take(last)).isTrue();
    }

    @Test
    void whoEndedAndDiedBeforeItSaidSoKeepsNobodyWaiting() {
        Job first = opened("20260304-a", 1);
        Job second = opened("20260304-b", 2);
        assertThat(turns.take(first)).isTrue();
        jobs.update(first.id(), now -> now.become(JobState.SKIPPED, clock.instant()));
        assertThat(turns.take(second)).isTrue();
    }

    @Test
    void aFileThatAppearsLateDoesNotBreakIntoAnothersTurn() {
        Job later = opened("20260304-b", 2);
        assertThat(turns.take(later)).isTrue();
        Job earlier = opened("20260304-a", 1);
        assertThat(turns.take(earlier)).isFalse();
        assertThat(turns.take(later))
                .as("though its mark is no longer the first")
                .isTrue();
        ends(later, true);
        assertThat(turns.take(earlier)).isTrue();
    }

    @Test
    void anUploadWithoutAJobIsWaitedForAndOneThatIsGoneIsNotForEver() {
        Job second = opened("20260304-b", 2);
        unseen.set(true);
        assertThat(turns.take(second)).isFalse();
        unseen.set(false);
        turns.expect(job("20260304-a", clock.instant(), clock.instant()));
        assertThat(turns.take(second)).isFalse();
        clock.advance(Duration.ofHours(25));
        assertThat(turns.take(second)).isTrue();
    }

    @Test
    void withinASecondTheTimeInTheUploadsIdDecides() {
        Instant second = clock.instant();
        Job first = job("20260304-z", second, second.plusMillis(10));
        Job last = job("20260304-a", second, second.plusMillis(20));
        for (Job each : List.of(last, first)) {
            turns.expect(each);
            jobs.open(each);
        }
        assertThat(turns.take(last)).isFalse();
        assertThat(turns.take(first)).isTrue();
    }
}
