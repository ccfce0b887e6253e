package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Kills, time-outs, wrong clocks, lost answers and events in every order and at once are what no test with one fault finds:
 * a row lost or doubled by them is noticed by nobody.
 */
class SimulationTest {
    private static final int WORKERS = 2;

    /** What a seed comes to, in words; empty if all is well. */
    static List<String> verdict(long seed) {
        SimulatedHospital hospital = SimulatedHospital.of(seed);
        try (Simulation simulation = Simulation.of(seed)) {
            simulation.run(hospital);
            return SimulatedVerdict.of(simulation, hospital);
        } catch (AssertionError | RuntimeException e) {
            List<String> wrong = new ArrayList<>(List.of(String.valueOf(e)));
            for (StackTraceElement frame : e.getStackTrace()) {
                if (wrong.size() < 6) {
                    wrong.add(" at " + frame);
                }
            }
            return wrong;
        }
    }

    /** {@code -Dintake.simulation.seed} runs one, {@code -Dintake.simulation.schedules} so many from {@code .from} on. */
    @Test
    void everyRowIsDeliveredOnceWhateverGoesWrong() throws InterruptedException {
        Long one = Long.getLong("intake.simulation.seed");
        long from = one != null ? one : Long.getLong("intake.simulation.from", 0);
        long to = one != null ? one + 1 : from + Long.getLong("intake.simulation.schedules", 2_000);
        List<String> wrong = Collections.synchronizedList(new ArrayList<>());
        AtomicLong next = new AtomicLong(from);
        List<Thread> workers = new ArrayList<>();
        for (int worker = 0; worker < WORKERS; worker++) {
            workers.add(Thread.ofVirtual().start(() -> {
                for (long seed = next.getAndIncrement(); seed < to; seed = next.getAndIncrement()) {
                    List<String> found = verdict(seed);
                    if (!found.isEmpty()) {
                        wrong.add("seed " + seed + ": " + found);
                    }
                }
            }));
        }
        for (Thread worker : workers) {
            worker.join();
        }
        assertThat(wrong)
                .as("%d of %d schedules; run one with -Dintake.simulation.seed=N", wrong.size(), to - from)
                .isEmpty();
    }
}
