package io.intake.processors.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.config.Configuration;
import io.intake.config.Limits;
import io.intake.processors.AtCall;
import io.intake.processors.Intercepted;
import io.intake.processors.engine.EngineRun.Permit;
import io.intake.processors.page.PageEvent.Action;
import io.intake.processors.page.PageTask;
import io.intake.processors.task.TaskStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An outage that nobody ends keeps every file of the engine waiting; one that ends too early wakes people for nothing. */
class EngineOutageTest {
    private final GateWorld world = new GateWorld();

    /** The process is gone. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** A job finds the engine down and ends without it: another run of it, that had overtaken this one, was through. */
    private void failsAndIsGone(EngineGate gate) {
        EngineRun overtaken = gate.run("job-1");
        GateWorld.ask(overtaken, Limits.NONE);
        GateWorld.fail(overtaken, world.clock);
        overtaken.leave();
    }

    private void sweep(EngineGate gate, int times) {
        for (int sweep = 0; sweep < times; sweep++) {
            world.clock.advance(Duration.ofMinutes(5));
            gate.tend(() -> new Configuration(List.of(), Map.of(), null));
        }
    }

    @Test
    void nobodyIsWokenForAnEngineThatNobodyWaitsForAndTheNextJobSendsAsUsual() {
        EngineGate gate = world.gate(world.bucket);
        failsAndIsGone(gate);
        world.clock.advance(Duration.ofMinutes(1));
        gate.tend(() -> new Configuration(List.of(), Map.of(), null));
        sweep(gate, 24);
        assertThat(world.pages()).isEmpty();
        assertThat(gate.health().state(GateWorld.LAB).open()).isFalse();
        assertThat(GateWorld.ask(gate.run("job-2"), Limits.NONE)).isInstanceOf(Permit.Granted.class);
    }

    @Test
    void anIncidentWhoseJobsHaveAllEndedIsOverAfterAnHourAndDoesNotClaimThatTheEngineIsBack() {
        EngineGate gate = world.gate(world.bucket);
        failsAndIsGone(gate);
        // The first sweep finds the job's mark, and that it has ended
        sweep(gate, 1);
        assertThat(world.pages()).containsExactly(Action.TRIGGER);
        sweep(gate, 10);
        assertThat(world.pages())
                .as("a job that was started for it may still be on its way")
                .hasSize(1);
        sweep(gate, 3);
        assertThat(world.pages()).containsExactly(Action.TRIGGER, Action.RESOLVE);
        EngineState state = gate.health().state(GateWorld.LAB);
        assertThat(state.open() || state.paged() || state.owed()).isFalse();
        assertThat(world.records()
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
        EngineGate gate = world.gate(world.bucket);
        failsAndIsGone(gate);
        for (int probe = 0; probe < 20; probe++) {
            sweep(gate, 3);
            EngineRun prober = gate.run("job-1");
            assertThat(GateWorld.ask(prober, Limits.NONE)).isInstanceOf(Permit.Granted.class);
            GateWorld.fail(prober, world.clock);
            prober.leave();
        }
        sweep(gate, 11);
        assertThat(gate.health().state(GateWorld.LAB).open()).isTrue();
        assertThat(gate.health().state(GateWorld.LAB).episode()).isEqualTo(1);
        assertThat(world.pages()).containsExactly(Action.TRIGGER);
    }

    @Test
    void anOutageLastsAsLongAsOneJobStandsInLine() {
        EngineGate gate = world.gate(world.bucket);
        // Starts at once and is not seen to wait, so that its mark stays
        new TaskStore(world.bucket, world.records()).open(Stage.FORWARD, "job-1", 1);
        failsAndIsGone(gate);
        sweep(gate, 50);
        assertThat(gate.health().state(GateWorld.LAB).open()).isTrue();
        assertThat(world.pages()).containsExactly(Action.TRIGGER);
    }

    @Test
    void whatAKilledFunctionLeftBehindTheSweepSetsRight() {
        for (int kill = 1; kill < 60; kill++) {
            for (boolean after : new boolean[] {false, true}) {
                EngineOutageTest fresh = new EngineOutageTest();
                if (!fresh.killedAt(kill, after)) {
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
        EngineGate mortal = world.gate(Intercepted.store(world.bucket, around));
        EngineGate healthy = world.gate(world.bucket);
        for (int job = 1; job <= 3; job++) {
            world.waits("job-" + job);
        }
        try {
            downAndUp(mortal);
        } catch (Killed killed) {
            // as asked for
        }
        Configuration nothing = new Configuration(List.of(), Map.of(), null);
        world.clock.advance(Duration.ofMinutes(10));
        EngineRun run = healthy.run("job-9");
        assertThat(GateWorld.ask(run, Limits.NONE)).as("killed at %d", call).isInstanceOf(Permit.Granted.class);
        run.taken();
        run.leave();
        for (int sweep = 0; sweep < 3; sweep++) {
            world.clock.advance(Duration.ofMinutes(5));
            healthy.tend(() -> nothing);
        }
        EngineState state = healthy.health().state(GateWorld.LAB);
        assertThat(state.open() || state.paged() || state.owed())
                .as("killed at %d: %s", call, state)
                .isFalse();
        if (!world.pages().isEmpty()) {
            assertThat(world.pages().getLast()).as("killed at %d", call).isEqualTo(Action.RESOLVE);
        }
        // Who is woken takes its mark away itself
        assertThat(world.bucket.snapshot().keySet())
                .as("killed at %d", call)
                .noneMatch(key -> key.startsWith(BucketLayout.engineLine(GateWorld.LAB))
                        && !world.isWoken(Line.place(key).orElseThrow().job()));
        return around.reached();
    }

    private void downAndUp(EngineGate gate) {
        for (int job = 1; job <= 3; job++) {
            EngineRun run = gate.run("job-" + job);
            if (GateWorld.ask(run, Limits.NONE) instanceof Permit.Granted) {
                GateWorld.fail(run, world.clock);
            }
            run.leave();
            world.clock.advance(Duration.ofMinutes(6));
        }
        EngineRun back = gate.run("job-1");
        GateWorld.ask(back, Limits.NONE);
        back.taken();
        back.leave();
    }
}
