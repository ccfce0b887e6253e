package io.intake.processors;

import io.intake.processors.Processors.Outside;
import io.intake.store.ObjectStore;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An execution environment: keeps what the functions keep in memory, and serves one invocation at a time. */
final class SimulatedSandbox implements AutoCloseable {
    private final Processors processors;
    private @Nullable SimulatedRun run;

    SimulatedSandbox(Simulation simulation, Duration skew) {
        ObjectStore store = new SimulatedStore(simulation, this).proxy();
        Outside outside = new Outside(
                store,
                "bucket",
                simulation.settings(),
                name -> null,
                name -> null,
                simulation.clock().skewed(skew),
                simulation::nextId,
                simulation.random(),
                pause -> run().sleep(pause));
        this.processors = new Processors(outside, simulation.workings(this));
    }

    Processors processors() {
        return processors;
    }

    SimulatedRun run() {
        return Objects.requireNonNull(run, "a call outside of an invocation");
    }

    void serve(@Nullable SimulatedRun next) {
        run = next;
    }

    @Override
    public void close() {
        processors.close();
    }

    static Map<String, Object> schedule() {
        return Map.of();
    }
}
