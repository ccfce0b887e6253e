package io.intake.processors.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.config.Configuration;
import io.intake.config.Limits;
import io.intake.processors.AtCall;
import io.intake.processors.Intercepted;
import io.intake.processors.Records;
import io.intake.processors.TestClock;
import io.intake.processors.engine.EngineRun.Permit;
import io.intake.processors.page.Outbox;
import io.intake.processors.page.PageEvent.Action;
import io.intake.processors.page.PageTask;
import io.intake.processors.task.Checkpoint;
import io.intake.processors.task.TaskStore;
import io.intake.store.ConditionalWrites;
import io.intake.store.ObjectStore;
import io.intake.store.memory.InMemoryObjectStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Functions that all knock at a dead engine keep it dead; jobs that nobody wakes when it is back are late for nothing. */
class EngineGateTest {
    private static final String LAB = "lab";
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration PLENTY = Duration.ofMinutes(10);

    private final TestClock clock = new TestClock();
    private final InMemoryObjectStore bucket = new InMemoryObjectStore(clock);
    private final AtomicInteger ids = new AtomicInteger();

    /** The process is gone. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private EngineGate gate(ObjectStore store) {
        Records records = new Records(
                store, new ConditionalWrites(store, () -> "w" + ids.incrementAndGet(), pause -> clock.advance(pause)));
        return new EngineGate(
                store,
                records,
                new Outbox(records),
                new Wakeups(records, new TaskStore(store, records), clock),
                clock,
                () -> "run-" + ids.incrementAndGet(),
                new Random(3),
                pause -> clock.advance(pause));
    }

    private Records records() {
        return new Records(bucket, new ConditionalWrites(bucket, () -> "w" + ids.incrementAndGet(), pause -> {}));
    }

    private static Permit ask(EngineRun run, Limits limits) {
        return run.ask(LAB, limits, TIMEOUT, null, PLENTY);
    }

    private static Optional<Permit.NotNow> fail(EngineRun run, TestClock clock) {
        return run.failed("HTTP_503", clock.instant(), failures -> Duration.ofSeconds(10), Duration.ofMinutes(5));
    }

    /** A job whose delivery waits. */
    private void waits(String job) {
        Records records = records();
        new TaskStore(bucket, records).open(Stage.FORWARD, job, 1);
        Checkpoint first = Checkpoint.first(
                "owner", clock.instant(), Duration.ofMinutes(1), JsonNodeFactory.instance.objectNode());
        records.create(
                BucketLayout.checkpoint(Stage.FORWARD, job, 1),
                first.await(first.cursor(), clock.instant(), clock.instant().plus(Duration.ofHours(1))));
    }

    private boolean isWoken(String job) {
        return records()
                        .find(BucketLayout.checkpoint(Stage.FORWARD, job, 1), Checkpoint.class)
                        .orElseThrow()
                        .value()
                        .notBefore()
                == null;
    }

    private List<Action> pages() {
        List<Action> pages = new ArrayList<>();
        bucket.snapshot().keySet().stream()
                .filter(key -> key.startsWith("tasks/page/"))
                .sorted()
                .forEach(key -> pages.add(records()
                        .find(key, PageTask.class)
                        .orElseThrow()
                        .value()
                        .event()
                        .action()));
        return pages;
    }

    @Test
    void anEngineThatNeverFailedCostsOneRequestForARun() {
        List<String> calls = new ArrayList<>();
        EngineRun run = gate(Intercepted.store(bucket, new Intercepted.Around() {
                    @Override
                    public void before(String operation, Object[] arguments) {
                        calls.add(operation);
                    }
                }))
                .run("job-1");
        for (int batch = 0; batch < 100; batch++) {
            assertThat(ask(run, Limits.NONE)).isInstanceOf(Permit.Granted.class);
            run.taken();
        }
        run.leave();
        assertThat(calls).containsExactly("read");
    }

    @Test
    void whenItIsDownOneProbesAtATimeAndTheOthersWaitWithoutKnocking() {
        EngineGate gate = gate(bucket);
        EngineRun first = gate.run("job-1");
        assertThat(ask(first, Limits.NONE)).isInstanceOf(Permit.Granted.class);
        assertThat(fail(first, clock)).isPresent();
        EngineRun second = gate.run("job-2");
        assertThat(ask(second, Limits.NONE))
                .isInstanceOfSatisfying(
                        Permit.NotNow.class, no -> assertThat(no.code()).isEqualTo("HTTP_503"));
        clock.advance(Duration.ofSeconds(11));
        EngineRun prober = gate.run("job-3");
        assertThat(ask(prober, Limits.NONE)).isInstanceOf(Permit.Granted.class);
        assertThat(ask(gate.run("job-4"), Limits.NONE)).isInstanceOf(Permit.NotNow.class);
        clock.advance(Duration.ofMinutes(5));
        assertThat(ask(gate.run("job-5"), Limits.NONE)).as("the prober died").isInstanceOf(Permit.Granted.class);
    }

    @Test
    void onCallIsToldOnceAfterTheGraceAndOnceOfTheEndAndThoseWhoWaitGoOn() {
        EngineGate gate = gate(bucket);
        for (int job = 1; job <= 12; job++) {
            waits("job-" + job);
        }
        EngineRun first = gate.run("job-1");
        ask(first, Limits.NONE);
        fail(first, clock);
        first.leave();
        for (int job = 2; job <= 12; job++) {
            clock.advance(Duration.ofMillis(1));
            EngineRun other = gate.run("job-" + job);
            assertThat(ask(other, Limits.NONE)).isInstanceOf(Permit.NotNow.class);
            other.leave();
        }
        assertThat(pages()).isEmpty();
        for (int probe = 0; probe < 30; probe++) {
            clock.advance(Duration.ofSeconds(30));
            EngineRun prober = gate.run("job-" + (1 + probe % 12));
            if (ask(prober, Limits.NONE) instanceof Permit.Granted) {
                fail(prober, clock);
            }
            prober.leave();
        }
        assertThat(pages()).containsExactly(Action.TRIGGER);
        clock.advance(Duration.ofSeconds(30));
        EngineRun last = gate.run("job-1");
        assertThat(ask(last, Limits.NONE)).isInstanceOf(Permit.Granted.class);
        last.taken();
        last.leave();
        assertThat(pages()).containsExactly(Action.TRIGGER, Action.RESOLVE);
        long woken = java.util.stream.IntStream.rangeClosed(1, 12)
                .filter(job -> isWoken("job-" + job))
                .count();
        assertThat(woken).isBetween(4L, 6L);
    }

    @Test
    void aJobWhoseRecordsAloneAreNotTakenStopsNobodyElse() {
        EngineGate gate = gate(bucket);
        EngineRun bad = gate.run("job-1");
        ask(bad, Limits.NONE);
        java.time.Instant since = clock.instant();
        fail(bad, clock);
        clock.advance(Duration.ofSeconds(11));
        EngineRun good = gate.run("job-2");
        ask(good, Limits.NONE);
        good.taken();
        clock.advance(Duration.ofSeconds(11));
        EngineRun again = gate.run("job-1");
        assertThat(ask(again, Limits.NONE)).isInstanceOf(Permit.Granted.class);
        assertThat(again.failed("HTTP_500", since, failures -> Duration.ofSeconds(10), Duration.ofMinutes(5)))
                .isEmpty();
        assertThat(ask(gate.run("job-3"), Limits.NONE)).isInstanceOf(Permit.Granted.class);
    }

    @Test
    void placesAreNeverMoreThanAllowedAndThoseOfTheDeadComeFree() {
        EngineGate gate = gate(bucket);
        Limits two = new Limits(null, 2);
        EngineRun first = gate.run("job-1");
        EngineRun second = gate.run("job-2");
        assertThat(ask(first, two)).isInstanceOf(Permit.Granted.class);
        assertThat(ask(second, two)).isInstanceOf(Permit.Granted.class);
        waits("job-3");
        EngineRun third = gate.run("job-3");
        assertThat(ask(third, two)).isInstanceOfSatisfying(Permit.NotNow.class, no -> {
            assertThat(no.code()).as("it is no failure").isNull();
            assertThat(no.since()).isNotNull();
        });
        third.leave();
        assertThat(isWoken("job-3")).isFalse();
        first.leave();
        assertThat(isWoken("job-3")).as("who is through starts the next").isTrue();
        assertThat(ask(gate.run("job-3"), two)).isInstanceOf(Permit.Granted.class);
        assertThat(ask(gate.run("job-4"), two)).isInstanceOf(Permit.NotNow.class);
        clock.advance(Duration.ofMinutes(5));
        assertThat(ask(gate.run("job-4"), two)).as("the second died").isInstanceOf(Permit.Granted.class);
    }

    @Test
    void aPlaceThatComesFreeWhileAJobIsAboutToWaitStartsItAgain() {
        EngineGate gate = gate(bucket);
        Limits one = new Limits(null, 1);
        EngineRun first = gate.run("job-1");
        ask(first, one);
        EngineRun second = gate.run("job-2");
        assertThat(ask(second, one)).isInstanceOf(Permit.NotNow.class);
        first.leave();
        waits("job-2");
        second.leave();
        assertThat(isWoken("job-2")).isTrue();
    }

    /** A job finds the engine down and ends without it: another run of it, that had overtaken this one, was through. */
    private void failsAndIsGone(EngineGate gate) {
        EngineRun overtaken = gate.run("job-1");
        ask(overtaken, Limits.NONE);
        fail(overtaken, clock);
        overtaken.leave();
    }

    private void sweep(EngineGate gate, int times) {
        for (int sweep = 0; sweep < times; sweep++) {
            clock.advance(Duration.ofMinutes(5));
            gate.tend(() -> new Configuration(List.of(), Map.of(), null));
        }
    }

    @Test
    void nobodyIsWokenForAnEngineThatNobodyWaitsForAndTheNextJobSendsAsUsual() {
        EngineGate gate = gate(bucket);
        failsAndIsGone(gate);
        clock.advance(Duration.ofMinutes(1));
        gate.tend(() -> new Configuration(List.of(), Map.of(), null));
        sweep(gate, 24);
        assertThat(pages()).isEmpty();
        assertThat(gate.health().state(LAB).open()).isFalse();
        assertThat(ask(gate.run("job-2"), Limits.NONE)).isInstanceOf(Permit.Granted.class);
    }

    @Test
    void anIncidentWhoseJobsHaveAllEndedIsOverAfterAnHourAndDoesNotClaimThatTheEngineIsBack() {
        EngineGate gate = gate(bucket);
        failsAndIsGone(gate);
        // The first sweep finds the job's mark, and that it has ended
        sweep(gate, 1);
        assertThat(pages()).containsExactly(Action.TRIGGER);
        sweep(gate, 10);
        assertThat(pages())
                .as("a job that was started for it may still be on its way")
                .hasSize(1);
        sweep(gate, 3);
        assertThat(pages()).containsExactly(Action.TRIGGER, Action.RESOLVE);
        EngineState state = gate.health().state(LAB);
        assertThat(state.open() || state.paged() || state.owed()).isFalse();
        assertThat(records()
                        .find(BucketLayout.task(Stage.PAGE, "engine-lab", 3), PageTask.class)
                        .orElseThrow()
                        .value()
                        .event()
                        .summary())
                .contains("no file waits")
                .doesNotContain("again");
    }

    @Test
    void anOutageLastsAsLongAsOneJobKnocks() {
        EngineGate gate = gate(bucket);
        failsAndIsGone(gate);
        for (int probe = 0; probe < 20; probe++) {
            sweep(gate, 3);
            EngineRun prober = gate.run("job-1");
            assertThat(ask(prober, Limits.NONE)).isInstanceOf(Permit.Granted.class);
            fail(prober, clock);
            prober.leave();
        }
        sweep(gate, 11);
        assertThat(gate.health().state(LAB).open()).isTrue();
        assertThat(gate.health().state(LAB).episode()).isEqualTo(1);
        assertThat(pages()).containsExactly(Action.TRIGGER);
    }

    @Test
    void anOutageLastsAsLongAsOneJobStandsInLine() {
        EngineGate gate = gate(bucket);
        // Starts at once and is not seen to wait, so that its mark stays
        new TaskStore(bucket, records()).open(Stage.FORWARD, "job-1", 1);
        failsAndIsGone(gate);
        sweep(gate, 50);
        assertThat(gate.health().state(LAB).open()).isTrue();
        assertThat(pages()).containsExactly(Action.TRIGGER);
    }

    @Test
    void whatAKilledFunctionLeftBehindTheSweepSetsRight() {
        for (int kill = 1; kill < 60; kill++) {
            for (boolean after : new boolean[] {false, true}) {
                EngineGateTest world = new EngineGateTest();
                if (!world.killedAt(kill, after)) {
                    return;
                }
            }
        }
        throw new AssertionError("there were calls left");
    }

    /** The engine fails and comes back, with a kill at a call; then sweeps. */
    private boolean killedAt(int call, boolean after) {
        AtCall around = new AtCall(call, after, () -> {
            throw new Killed();
        });
        EngineGate mortal = gate(Intercepted.store(bucket, around));
        EngineGate healthy = gate(bucket);
        for (int job = 1; job <= 3; job++) {
            waits("job-" + job);
        }
        try {
            downAndUp(mortal);
        } catch (Killed killed) {
            // as asked for
        }
        Configuration nothing = new Configuration(List.of(), Map.of(), null);
        clock.advance(Duration.ofMinutes(10));
        EngineRun run = healthy.run("job-9");
        assertThat(ask(run, Limits.NONE)).as("killed at %d", call).isInstanceOf(Permit.Granted.class);
        run.taken();
        run.leave();
        for (int sweep = 0; sweep < 3; sweep++) {
            clock.advance(Duration.ofMinutes(5));
            healthy.tend(() -> nothing);
        }
        EngineState state = healthy.health().state(LAB);
        assertThat(state.open() || state.paged() || state.owed())
                .as("killed at %d: %s", call, state)
                .isFalse();
        if (!pages().isEmpty()) {
            assertThat(pages().getLast()).as("killed at %d", call).isEqualTo(Action.RESOLVE);
        }
        // Who is woken takes its mark away itself
        assertThat(bucket.snapshot().keySet())
                .as("killed at %d", call)
                .noneMatch(key -> key.startsWith(BucketLayout.engineLine(LAB))
                        && !isWoken(Line.place(key).orElseThrow().job()));
        return around.reached();
    }

    private void downAndUp(EngineGate gate) {
        for (int job = 1; job <= 3; job++) {
            EngineRun run = gate.run("job-" + job);
            if (ask(run, Limits.NONE) instanceof Permit.Granted) {
                fail(run, clock);
            }
            run.leave();
            clock.advance(Duration.ofMinutes(6));
        }
        EngineRun back = gate.run("job-1");
        ask(back, Limits.NONE);
        back.taken();
        back.leave();
    }
}
