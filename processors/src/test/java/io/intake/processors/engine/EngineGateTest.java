package io.intake.processors.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.config.Limits;
import io.intake.processors.Intercepted;
import io.intake.processors.engine.EngineRun.Permit;
import io.intake.processors.page.PageEvent.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Functions that all knock at a dead engine keep it dead; jobs that nobody wakes when it is back are late for nothing. */
class EngineGateTest {
    private final GateWorld world = new GateWorld();

    @Test
    void anEngineThatNeverFailedCostsOneRequestForARun() {
        List<String> calls = new ArrayList<>();
        EngineRun run = world.gate(Intercepted.store(world.bucket, new Intercepted.Around() {
                    @Override
                    public void before(String operation, Object[] arguments) {
                        calls.add(operation);
                    }
                }))
                .run("job-1");
        for (int batch = 0; batch < 100; batch++) {
            assertThat(GateWorld.ask(run, Limits.NONE)).isInstanceOf(Permit.Granted.class);
            run.taken();
        }
        run.leave();
        assertThat(calls).containsExactly("read");
    }

    @Test
    void whenItIsDownOneProbesAtATimeAndTheOthersWaitWithoutKnocking() {
        EngineGate gate = world.gate(world.bucket);
        EngineRun first = gate.run("job-1");
        assertThat(GateWorld.ask(first, Limits.NONE)).isInstanceOf(Permit.Granted.class);
        assertThat(GateWorld.fail(first, world.clock)).isPresent();
        EngineRun second = gate.run("job-2");
        assertThat(GateWorld.ask(second, Limits.NONE))
                .isInstanceOfSatisfying(
                        Permit.NotNow.class, no -> assertThat(no.code()).isEqualTo("HTTP_503"));
        world.clock.advance(Duration.ofSeconds(11));
        EngineRun prober = gate.run("job-3");
        assertThat(GateWorld.ask(prober, Limits.NONE)).isInstanceOf(Permit.Granted.class);
        assertThat(GateWorld.ask(gate.run("job-4"), Limits.NONE)).isInstanceOf(Permit.NotNow.class);
        world.clock.advance(Duration.ofMinutes(5));
        assertThat(GateWorld.ask(gate.run("job-5"), Limits.NONE))
                .as("the prober died")
                .isInstanceOf(Permit.Granted.class);
    }

    @Test
    void onCallIsToldOnceAfterTheGraceAndOnceOfTheEndAndThoseWhoWaitGoOn() {
        EngineGate gate = world.gate(world.bucket);
        for (int job = 1; job <= 12; job++) {
            world.waits("job-" + job);
        }
        EngineRun first = gate.run("job-1");
        GateWorld.ask(first, Limits.NONE);
        GateWorld.fail(first, world.clock);
        first.leave();
        for (int job = 2; job <= 12; job++) {
            world.clock.advance(Duration.ofMillis(1));
            EngineRun other = gate.run("job-" + job);
            assertThat(GateWorld.ask(other, Limits.NONE)).isInstanceOf(Permit.NotNow.class);
            other.leave();
        }
        assertThat(world.pages()).isEmpty();
        for (int probe = 0; probe < 30; probe++) {
            world.clock.advance(Duration.ofSeconds(30));
            EngineRun prober = gate.run("job-" + (1 + probe % 12));
            if (GateWorld.ask(prober, Limits.NONE) instanceof Permit.Granted) {
                GateWorld.fail(prober, world.clock);
            }
            prober.leave();
        }
        assertThat(world.pages()).containsExactly(Action.TRIGGER);
        world.clock.advance(Duration.ofSeconds(30));
        EngineRun last = gate.run("job-1");
        assertThat(GateWorld.ask(last, Limits.NONE)).isInstanceOf(Permit.Granted.class);
        last.taken();
        last.leave();
        assertThat(world.pages()).containsExactly(Action.TRIGGER, Action.RESOLVE);
        long woken = java.util.stream.IntStream.rangeClosed(1, 12)
                .filter(job -> world.isWoken("job-" + job))
                .count();
        assertThat(woken).isBetween(4L, 6L);
    }

    @Test
    void aJobWhoseRecordsAloneAreNotTakenStopsNobodyElse() {
        EngineGate gate = world.gate(world.bucket);
        EngineRun bad = gate.run("job-1");
        GateWorld.ask(bad, Limits.NONE);
        java.time.Instant since = world.clock.instant();
        GateWorld.fail(bad, world.clock);
        world.clock.advance(Duration.ofSeconds(11));
        EngineRun good = gate.run("job-2");
        GateWorld.ask(good, Limits.NONE);
        good.taken();
        world.clock.advance(Duration.ofSeconds(11));
        EngineRun again = gate.run("job-1");
        assertThat(GateWorld.ask(again, Limits.NONE)).isInstanceOf(Permit.Granted.class);
        assertThat(again.failed("HTTP_500", since, failures -> Duration.ofSeconds(10), Duration.ofMinutes(5)))
                .isEmpty();
        assertThat(GateWorld.ask(gate.run("job-3"), Limits.NONE)).isInstanceOf(Permit.Granted.class);
    }

    @Test
    void placesAreNeverMoreThanAllowedAndThoseOfTheDeadComeFree() {
        EngineGate gate = world.gate(world.bucket);
        Limits two = new Limits(null, 2);
        EngineRun first = gate.run("job-1");
        EngineRun second = gate.run("job-2");
        assertThat(GateWorld.ask(first, two)).isInstanceOf(Permit.Granted.class);
        assertThat(GateWorld.ask(second, two)).isInstanceOf(Permit.Granted.class);
        world.waits("job-3");
        EngineRun third = gate.run("job-3");
        assertThat(GateWorld.ask(third, two)).isInstanceOfSatisfying(Permit.NotNow.class, no -> {
            assertThat(no.code()).as("it is no failure").isNull();
            assertThat(no.since()).isNotNull();
        });
        third.leave();
        assertThat(world.isWoken("job-3")).isFalse();
        first.leave();
        assertThat(world.isWoken("job-3")).as("who is through starts the next").isTrue();
        assertThat(GateWorld.ask(gate.run("job-3"), two)).isInstanceOf(Permit.Granted.class);
        assertThat(GateWorld.ask(gate.run("job-4"), two)).isInstanceOf(Permit.NotNow.class);
        world.clock.advance(Duration.ofMinutes(5));
        assertThat(GateWorld.ask(gate.run("job-4"), two)).as("the second died").isInstanceOf(Permit.Granted.class);
    }

    @Test
    void aPlaceThatComesFreeWhileAJobIsAboutToWaitStartsItAgain() {
        EngineGate gate = world.gate(world.bucket);
        Limits one = new Limits(null, 1);
        EngineRun first = gate.run("job-1");
        GateWorld.ask(first, one);
        EngineRun second = gate.run("job-2");
        assertThat(GateWorld.ask(second, one)).isInstanceOf(Permit.NotNow.class);
        first.leave();
        world.waits("job-2");
        second.leave();
        assertThat(world.isWoken("job-2")).isTrue();
    }
}
