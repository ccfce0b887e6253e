package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.processors.lambda.SweepHandler;
import io.intake.processors.telemetry.Metric;
import io.intake.processors.telemetry.Metrics;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The alarms that wake somebody because nothing happens any more hang on these numbers. */
class MeasuredTest {
    private static final byte[] FILE = SimulatedHospital.zip(Map.of("a.csv", "X\n1\n2\n"));

    private final Map<String, Long> taken = new TreeMap<>();
    private final Metrics metrics = (dimension, values, fields) -> values.forEach(
            (metric, value) -> taken.merge((metric.id() + " " + dimension.value()).strip(), value, Long::sum));

    private void sweep(World world) {
        taken.clear();
        try (Processors processors = new Processors(world.outside(), metrics)) {
            new SweepHandler(processors).handleRequest(Map.of(), new TestContext("sweep"));
        }
    }

    @Test
    void aSweepTellsThatItRanAndThatNothingIsLeft() {
        try (World world = new World()) {
            world.upload("daily/a.zip", FILE);
            world.run();
            sweep(world);
            assertThat(taken)
                    .isEqualTo(Map.of(
                            "Sweeps", 1L, "StartedAgain", 0L, "TasksOpen", 0L, "OldestFile", 0L, "PagesWaiting", 0L));
        }
    }

    @Test
    void itTellsHowMuchWaitsForWhichEngineAndForHowLong() {
        try (World world = new World()) {
            world.engine.then(Collections.nCopies(40, HttpScript.Answer.of(503)).toArray(HttpScript.Answer[]::new));
            world.upload("daily/a.zip", FILE);
            world.upload("daily/b.zip", FILE);
            world.run();
            world.clock.advance(Duration.ofMinutes(1));
            sweep(world);
            assertThat(taken).containsEntry("FilesWaiting lab", 2L).containsEntry("TasksOpen", 2L);
            assertThat(taken.get(Metric.OLDEST_FILE.id())).isGreaterThanOrEqualTo(60);
        }
    }

    @Test
    void aSweepThatFailsHasNoHeartbeat() {
        try (World world = new World()) {
            world.aroundEachCall(call -> {
                if (call.equals("before listUploads")) {
                    throw new IllegalStateException("the store is out of reach");
                }
            });
            assertThatThrownBy(() -> sweep(world)).isInstanceOf(IllegalStateException.class);
            assertThat(taken).doesNotContainKey("Sweeps");
        }
    }
}
