package io.intake.processors.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.IntNode;
import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.config.ArchiveLimits;
import io.intake.config.Feed;
import io.intake.config.Format;
import io.intake.processors.AtCall;
import io.intake.processors.Intercepted;
import io.intake.processors.Records;
import io.intake.processors.TestClock;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobStore;
import io.intake.processors.task.StepOutcome.Advanced;
import io.intake.processors.task.StepOutcome.Finished;
import io.intake.processors.task.TaskRunner.Ending;
import io.intake.processors.task.TaskStore.TaskKey;
import io.intake.store.ConditionalWrites;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import io.intake.store.TransientStoreException;
import io.intake.store.memory.InMemoryObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/** A step that goes on too early rests on what is not saved; a save that nobody waits for may undo a later one. */
class SavesTest {
    private static final String JOB = "20260304-aa";
    private static final TaskKey KEY = new TaskKey(Stage.FORWARD, JOB, 1);
    private static final String CHECKPOINT = BucketLayout.checkpoint(Stage.FORWARD, JOB, 1);
    private static final Duration LEASE = Duration.ofMinutes(2);
    private static final TimeBudget PLENTY = () -> Duration.ofMinutes(10);
    private static final int LAST = 10;

    private final TestClock clock = new TestClock();
    private final AtomicInteger ids = new AtomicInteger();
    private InMemoryObjectStore bucket = opened();

    /** Counts to ten; but for every fourth step, each may begin while the one before it is saved. */
    private static CountingWork counting(IntConsumer during) {
        return new CountingWork(
                new ArrayList<>(),
                (cursor, budget) -> {
                    during.accept(cursor);
                    return cursor == LAST ? new Finished<>(IntNode.valueOf(cursor)) : new Advanced<>(cursor + 1, true);
                },
                cursor -> cursor % 4 != 0);
    }

    private static final class Silent implements StageEvents {
        @Override
        public void done(Task task) {}

        @Override
        public void refused(Job job, Failure failure) {}

        @Override
        public void ended(Job job) {}

        @Override
        public void waiting(Job job, String reason) {}

        @Override
        public void resumed(Job job) {}
    }

    private InMemoryObjectStore opened() {
        InMemoryObjectStore fresh = new InMemoryObjectStore(clock);
        Records records = records(fresh);
        Feed feed = new Feed("f", ".*", ArchiveLimits.DEFAULT, Format.DEFAULT, List.of(), "e", 10, Set.of());
        Instant now = clock.instant();
        new JobStore(records).open(Job.open(JOB, "p", new Input("inbound/p/x", null, "e", 1, null, now), feed, now));
        new TaskStore(fresh, records).open(Stage.FORWARD, JOB, 1);
        return fresh;
    }

    private Records records(ObjectStore store) {
        return new Records(store, new ConditionalWrites(store, () -> "write-" + ids.incrementAndGet(), pause -> {}));
    }

    private Ending run(ObjectStore store, CountingWork work, Saves saves) {
        Records records = records(store);
        return new TaskRunner(
                        records,
                        new JobStore(records),
                        new TaskStore(store, records),
                        new DoneMarks(store, records),
                        new Silent(),
                        clock,
                        LEASE,
                        Renewals.REAL_TIME,
                        saves)
                .run(KEY, work, "a", PLENTY);
    }

    private int saved() {
        return records(bucket)
                .find(CHECKPOINT, Checkpoint.class)
                .orElseThrow()
                .value()
                .cursor()
                .intValue();
    }

    private static boolean isCheckpoint(String operation, Object[] arguments) {
        return operation.equals("put")
                && arguments[0] instanceof PutRequest put
                && put.key().equals(CHECKPOINT);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).as("it did not go on").isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theNextStepBeginsWhileTheOneBeforeIsBeingSaved() {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicInteger saves = new AtomicInteger();
        ObjectStore slow = Intercepted.store(bucket, new Intercepted.Around() {
            @Override
            public void before(String operation, Object[] arguments) {
                // The first is the claim
                if (isCheckpoint(operation, arguments) && saves.incrementAndGet() == 2) {
                    SavesTest.await(begun);
                }
            }

            @Override
            public void after(String operation, Object[] arguments, Object result) {}
        });
        CountingWork work = counting(cursor -> {
            if (cursor == 1) {
                assertThat(saved()).as("what step 1 begins behind").isZero();
                begun.countDown();
            }
        });
        assertThat(run(slow, work, Saves.MEANWHILE)).isEqualTo(Ending.DONE);
        assertThat(work.steps()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(saves).as("each step is saved, and the claim").hasValue(LAST + 1);
    }

    @Test
    void whatMustBeSavedFirstIs() {
        CountingWork work = counting(cursor -> {
            if (cursor % 4 == 0) {
                assertThat(saved()).isEqualTo(cursor);
            }
        });
        assertThat(run(bucket, work, LateSaves.LATE)).isEqualTo(Ending.DONE);
    }

    @Test
    void whoLostTheLeaseIsFencedBeforeTheNextStepsResultCounts() {
        CountingWork second = counting(cursor -> {});
        CountingWork first = counting(cursor -> {
            if (cursor == 6) {
                clock.advance(LEASE.multipliedBy(2));
                assertThat(run(bucket, second, Saves.FIRST)).isEqualTo(Ending.DONE);
            }
        });
        assertThat(run(bucket, first, LateSaves.LATE)).isEqualTo(Ending.FENCED);
        assertThat(first.steps()).endsWith(6);
        assertThat(second.steps()).as("step 5 was not saved yet").startsWith(5);
    }

    @Test
    void aSaveThatFailsEndsTheRunAndBothStepsAreDoneAgain() {
        AtomicInteger saves = new AtomicInteger();
        ObjectStore broken = Intercepted.store(bucket, new Intercepted.Around() {
            @Override
            public void before(String operation, Object[] arguments) {
                if (isCheckpoint(operation, arguments) && saves.incrementAndGet() >= 7) {
                    throw new TransientStoreException("put", CHECKPOINT, "503", null);
                }
            }

            @Override
            public void after(String operation, Object[] arguments, Object result) {}
        });
        CountingWork work = counting(cursor -> {});
        assertThatThrownBy(() -> run(broken, work, Saves.MEANWHILE)).isInstanceOf(TransientStoreException.class);
        assertThat(work.steps()).endsWith(5, 6);
        assertThat(saved()).isEqualTo(5);
        CountingWork again = counting(cursor -> {});
        assertThat(run(bucket, again, Saves.MEANWHILE)).isEqualTo(Ending.DONE);
        assertThat(again.steps()).startsWith(5, 6);
    }

    @Test
    void aStepThatFailsLeavesWhatWasBeforeItSaved() {
        CountingWork work = counting(cursor -> {
            if (cursor == 6) {
                throw new TransientStoreException("read", "k", "503", null);
            }
        });
        assertThatThrownBy(() -> run(bucket, work, Saves.MEANWHILE)).isInstanceOf(TransientStoreException.class);
        assertThat(saved()).isEqualTo(6);
    }

    /** As early and as late as a thread may save. */
    @Test
    void aKillAroundAnyStoreCallLosesAtMostTwoSteps() {
        for (Saves saves : List.of(Saves.FIRST, LateSaves.LATE)) {
            int kill = 1;
            while (killed(saves, kill, false) && killed(saves, kill, true)) {
                kill++;
            }
            assertThat(kill).isGreaterThan(15);
        }
    }

    private boolean killed(Saves saves, int kill, boolean after) {
        bucket = opened();
        CountingWork work = counting(cursor -> {});
        AtCall around = new AtCall(kill, after, () -> {
            throw new Killed();
        });
        try {
            run(Intercepted.store(bucket, around), work, saves);
        } catch (Killed killed) {
            assertThat(around.reached()).isTrue();
        }
        clock.advance(LEASE);
        assertThat(run(bucket, work, saves)).as("kill %d", kill).isIn(Ending.DONE, Ending.GONE);
        assertThat(work.steps()).as("kill %d", kill).hasSizeLessThanOrEqualTo(LAST + 3);
        assertThat(bucket.head(BucketLayout.done(Stage.FORWARD, JOB, 1))).isPresent();
        return around.reached();
    }

    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }
}
