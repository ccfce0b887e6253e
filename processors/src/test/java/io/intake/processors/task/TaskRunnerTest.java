package io.intake.processors.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.IntNode;
import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.config.ArchiveLimits;
import io.intake.config.Feed;
import io.intake.config.Format;
import io.intake.processors.Intercepted;
import io.intake.processors.Json;
import io.intake.processors.Records;
import io.intake.processors.TestClock;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobStore;
import io.intake.processors.task.StepOutcome.Advanced;
import io.intake.processors.task.StepOutcome.Finished;
import io.intake.processors.task.StepOutcome.Waiting;
import io.intake.processors.task.TaskRunner.Ending;
import io.intake.processors.task.TaskStore.TaskKey;
import io.intake.store.ConditionalWrites;
import io.intake.store.ObjectStore;
import io.intake.store.TransientStoreException;
import io.intake.store.memory.InMemoryObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** A runner that loses its place repeats work for ever; one that loses its lease lets two do the same work and both publish. */
class TaskRunnerTest {
    private static final String JOB = "20260304-aa";
    private static final Duration LEASE = Duration.ofMinutes(2);
    private static final TaskKey KEY = new TaskKey(Stage.UNZIP, JOB, 1);
    private static final TimeBudget PLENTY = () -> Duration.ofMinutes(10);

    private final TestClock clock = new TestClock();
    private final InMemoryObjectStore bucket = new InMemoryObjectStore(clock);
    private final AtomicInteger ids = new AtomicInteger();
    private final List<String> told = new ArrayList<>();

    private static StepOutcome<Integer> toTen(int cursor) {
        return cursor == 10 ? new Finished<>(IntNode.valueOf(cursor)) : new Advanced<>(cursor + 1, true);
    }

    private final class Told implements StageEvents {
        @Override
        public void done(Task task) {
            told.add("done " + task.number());
        }

        @Override
        public void refused(Job job, Failure failure) {
            told.add("refused " + failure.code());
        }

        @Override
        public void ended(Job job) {
            told.add("ended");
        }

        @Override
        public void waiting(Job job, String reason) {
            told.add("waiting " + reason);
        }

        @Override
        public void resumed(Job job) {
            told.add("resumed");
        }
    }

    private TaskRunner runner(ObjectStore store) {
        return runner(store, clock, LEASE);
    }

    private TaskRunner runner(ObjectStore store, InstantSource time, Duration lease) {
        Records records = records(store);
        return new TaskRunner(
                records,
                new JobStore(records),
                new TaskStore(store, records),
                new DoneMarks(store, records),
                new Told(),
                time,
                lease);
    }

    private Records records(ObjectStore store) {
        return new Records(store, new ConditionalWrites(store, () -> "write-" + ids.incrementAndGet(), pause -> {}));
    }

    private void openTask() {
        Records records = records(bucket);
        Feed feed = new Feed("f", ".*", ArchiveLimits.DEFAULT, Format.DEFAULT, List.of(), "e", 10, Set.of());
        Instant now = clock.instant();
        new JobStore(records).open(Job.open(JOB, "p", new Input("inbound/p/x", null, "e", 1, null, now), feed, now));
        new TaskStore(bucket, records).open(Stage.UNZIP, JOB, 1);
    }

    private boolean taskIsOpen() {
        return bucket.head(BucketLayout.task(Stage.UNZIP, JOB, 1)).isPresent();
    }

    @Test
    void runsStepByStepAndTakesTheTaskOffTheList() {
        openTask();
        CountingWork work = new CountingWork((cursor, budget) -> toTen(cursor));
        assertThat(runner(bucket).run(KEY, work, "a", PLENTY)).isEqualTo(Ending.DONE);
        assertThat(work.steps()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(told).containsExactly("done 1");
        assertThat(taskIsOpen()).isFalse();
    }

    @Test
    void aLateEventForATaskThatIsDoneDoesNothing() {
        openTask();
        runner(bucket).run(KEY, new CountingWork((cursor, budget) -> toTen(cursor)), "a", PLENTY);
        CountingWork again = new CountingWork((cursor, budget) -> toTen(cursor));
        assertThat(runner(bucket).run(KEY, again, "b", PLENTY)).isEqualTo(Ending.GONE);
        assertThat(again.steps()).isEmpty();
    }

    @Test
    void whileOneHoldsTheLeaseAnotherDoesNothing() {
        openTask();
        TaskRunner runner = runner(bucket);
        List<Ending> other = new ArrayList<>();
        CountingWork work = new CountingWork((cursor, budget) -> {
            if (cursor == 5) {
                other.add(runner.run(KEY, new CountingWork((c, b) -> toTen(c)), "b", PLENTY));
            }
            return toTen(cursor);
        });
        assertThat(runner.run(KEY, work, "a", PLENTY)).isEqualTo(Ending.DONE);
        assertThat(other).containsExactly(Ending.LEASED);
    }

    @Test
    void whoLostTheLeaseIsFencedAtTheNextSave() {
        openTask();
        TaskRunner runner = runner(bucket);
        CountingWork second = new CountingWork((cursor, budget) -> toTen(cursor));
        CountingWork first = new CountingWork((cursor, budget) -> {
            if (cursor == 5) {
                clock.advance(LEASE);
                assertThat(runner.run(KEY, second, "b", PLENTY)).isEqualTo(Ending.DONE);
            }
            return toTen(cursor);
        });
        assertThat(runner.run(KEY, first, "a", PLENTY)).isEqualTo(Ending.FENCED);
        assertThat(second.steps()).startsWith(5).endsWith(10);
    }

    @Test
    void aStepThatOutlastsItsLeaseKeepsItAsLongAsItLives() {
        openTask();
        Duration shortLease = Duration.ofMillis(600);
        TaskRunner runner = runner(bucket, InstantSource.system(), shortLease);
        List<Ending> others = new ArrayList<>();
        CountingWork work = new CountingWork((cursor, budget) -> {
            if (cursor == 5) {
                Instant end = Instant.now().plus(shortLease.multipliedBy(4));
                while (Instant.now().isBefore(end)) {
                    others.add(runner.run(KEY, new CountingWork((c, b) -> toTen(c)), "b", PLENTY));
                    LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
                }
            }
            return toTen(cursor);
        });
        assertThat(runner.run(KEY, work, "a", PLENTY)).isEqualTo(Ending.DONE);
        assertThat(others).isNotEmpty().containsOnly(Ending.LEASED);
        assertThat(work.steps()).hasSize(11);
    }

    @Test
    void outOfTimeItWritesTheTaskAgainAndGivesTheLeaseBack() {
        openTask();
        AtomicInteger steps = new AtomicInteger();
        TimeBudget threeSteps = () -> steps.get() >= 3 ? Duration.ZERO : Duration.ofSeconds(1);
        CountingWork work = new CountingWork((cursor, budget) -> {
            steps.incrementAndGet();
            return toTen(cursor);
        });
        assertThat(runner(bucket).run(KEY, work, "a", threeSteps)).isEqualTo(Ending.CONTINUED);
        assertThat(taskIsOpen()).isTrue();
        assertThat(runner(bucket).run(KEY, work, "b", PLENTY)).isEqualTo(Ending.DONE);
        assertThat(work.steps()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    }

    @Test
    void continuationsThatGetNowhereEndTheJobAtTheSecond() {
        openTask();
        CountingWork work = new CountingWork((cursor, budget) -> new Advanced<>(cursor, false));
        assertThat(runner(bucket).run(KEY, work, "a", () -> Duration.ZERO)).isEqualTo(Ending.CONTINUED);
        assertThat(runner(bucket).run(KEY, work, "b", () -> Duration.ZERO)).isEqualTo(Ending.ENDED);
        assertThat(told).containsExactly("refused NO_PROGRESS");
        assertThat(taskIsOpen()).isFalse();
    }

    @Test
    void crashesAtTheSamePlaceEndTheJobBecauseAttemptsAreCountedAtClaim() {
        openTask();
        CountingWork work = new CountingWork((cursor, budget) -> {
            throw new IllegalStateException("crash");
        });
        for (int attempt = 1; attempt <= RetryBudget.of(Stage.UNZIP).attempts(); attempt++) {
            assertThatThrownBy(() -> runner(bucket).run(KEY, work, "a", PLENTY)).hasMessage("crash");
        }
        assertThat(runner(bucket).run(KEY, work, "a", PLENTY)).isEqualTo(Ending.ENDED);
        assertThat(told).containsExactly("refused ATTEMPTS_SPENT");
    }

    @Test
    void anOutageOfTheStoreIsNoFailedAttemptButHasABudgetOfItsOwn() {
        openTask();
        CountingWork work = new CountingWork((cursor, budget) -> {
            throw new TransientStoreException("read", "k", "503", null);
        });
        int faults = RetryBudget.of(Stage.UNZIP).faults();
        for (int run = 1; run <= faults; run++) {
            assertThatThrownBy(() -> runner(bucket).run(KEY, work, "a", PLENTY))
                    .as("run %d", run)
                    .isInstanceOf(TransientStoreException.class);
            assertThat(told).isEmpty();
            assertThat(runner(bucket).run(KEY, work, "b", PLENTY)).isEqualTo(Ending.WAITING);
            clock.advance(RetryBudget.wait(run));
        }
        assertThat(runner(bucket).run(KEY, work, "b", PLENTY)).isEqualTo(Ending.ENDED);
        assertThat(told).containsExactly("refused STORAGE_OUT_OF_REACH");
    }

    @Test
    void progressMakesTheBudgetsWholeAgain() {
        openTask();
        AtomicInteger faults = new AtomicInteger();
        CountingWork work = new CountingWork((cursor, budget) -> {
            if (faults.incrementAndGet() % 2 == 0) {
                throw new TransientStoreException("read", "k", "503", null);
            }
            return toTen(cursor);
        });
        for (int run = 1; run <= 10; run++) {
            assertThatThrownBy(() -> runner(bucket).run(KEY, work, "a", PLENTY))
                    .isInstanceOf(TransientStoreException.class);
            clock.advance(RetryBudget.wait(1));
        }
        assertThat(runner(bucket).run(KEY, work, "a", PLENTY)).isEqualTo(Ending.DONE);
    }

    @Test
    void aCheckpointOfAnEarlierVersionIsRead() {
        String before = "{\"owner\":\"a\",\"generation\":3,\"leaseUntil\":\"2026-03-04T05:06:07Z\",\"notBefore\":null,"
                + "\"attempts\":2,\"idle\":1,\"cursor\":4}";
        Checkpoint read = Json.read(before.getBytes(java.nio.charset.StandardCharsets.UTF_8), Checkpoint.class);
        assertThat(read)
                .isEqualTo(new Checkpoint(
                        "a", 3, Instant.parse("2026-03-04T05:06:07Z"), null, 2, 1, IntNode.valueOf(4), 0));
    }

    @Test
    void theSameInvocationTriedAgainNeedNotWaitForItsOwnLease() {
        openTask();
        AtomicInteger crashes = new AtomicInteger(1);
        CountingWork work = new CountingWork((cursor, budget) -> {
            if (cursor == 4 && crashes.getAndDecrement() > 0) {
                throw new IllegalStateException("crash");
            }
            return toTen(cursor);
        });
        assertThatThrownBy(() -> runner(bucket).run(KEY, work, "a", PLENTY)).hasMessage("crash");
        assertThat(runner(bucket).run(KEY, work, "b", PLENTY)).isEqualTo(Ending.LEASED);
        assertThat(runner(bucket).run(KEY, work, "a", PLENTY)).isEqualTo(Ending.DONE);
    }

    @Test
    void whatWaitsIsLeftAloneUntilItsTime() {
        openTask();
        Instant until = clock.instant().plusSeconds(60);
        CountingWork waits = new CountingWork((cursor, budget) -> new Waiting<>(cursor, until, "HTTP_503"));
        assertThat(runner(bucket).run(KEY, waits, "a", PLENTY)).isEqualTo(Ending.WAITING);
        assertThat(told).containsExactly("waiting HTTP_503");
        CountingWork work = new CountingWork((cursor, budget) -> toTen(cursor));
        assertThat(runner(bucket).run(KEY, work, "a", PLENTY)).isEqualTo(Ending.WAITING);
        clock.advance(Duration.ofSeconds(60));
        assertThat(runner(bucket).run(KEY, work, "b", PLENTY)).isEqualTo(Ending.DONE);
    }

    /** The sum of it: whichever store call is the last before the process dies, and whether it took effect or not. */
    @Test
    void aKillAroundAnyStoreCallLosesAtMostOneStep() {
        for (int kill = 1; ; kill++) {
            for (boolean after : new boolean[] {false, true}) {
                InMemoryObjectStore fresh = new InMemoryObjectStore(clock);
                bucketOf(fresh);
                CountingWork work = new CountingWork((cursor, budget) -> toTen(cursor));
                if (!killedAt(fresh, work, kill, after)) {
                    assertThat(kill).isGreaterThan(15);
                    return;
                }
                clock.advance(LEASE);
                Ending ending = runner(fresh).run(KEY, work, "b", PLENTY);
                assertThat(ending).as("kill %d after %s", kill, after).isIn(Ending.DONE, Ending.GONE);
                assertThat(work.steps()).as("kill %d after %s", kill, after).hasSizeLessThanOrEqualTo(12);
                assertThat(fresh.head(BucketLayout.task(Stage.UNZIP, JOB, 1))).isEmpty();
                assertThat(fresh.head(BucketLayout.done(Stage.UNZIP, JOB, 1))).isPresent();
            }
        }
    }

    private void bucketOf(InMemoryObjectStore fresh) {
        Records records = records(fresh);
        openTask();
        bucket.snapshot()
                .forEach((key, bytes) -> fresh.put(
                        io.intake.store.PutRequest.of(key, io.intake.store.Content.of(bytes), "application/json")));
        assertThat(records.find(KEY.toString(), Task.class)).isPresent();
    }

    /** Whether the run got as far as the call that kills it. */
    private boolean killedAt(InMemoryObjectStore store, CountingWork work, int kill, boolean after) {
        AtomicInteger calls = new AtomicInteger();
        ObjectStore deadly = Intercepted.store(store, new Intercepted.Around() {
            @Override
            public void before(String operation, Object[] arguments) {
                if (calls.incrementAndGet() == kill && !after) {
                    throw new ThreadDeathForTest();
                }
            }

            @Override
            public void after(String operation, Object[] arguments, Object result) {
                if (calls.get() == kill && after) {
                    throw new ThreadDeathForTest();
                }
            }
        });
        try {
            runner(deadly).run(KEY, work, "a", PLENTY);
        } catch (ThreadDeathForTest killed) {
            assertThat(calls.get()).isEqualTo(kill);
        }
        return calls.get() >= kill;
    }

    private static final class ThreadDeathForTest extends Error {
        private static final long serialVersionUID = 1L;
    }
}
