package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.SimulatedHospital.Upload;
import io.intake.processors.job.Job;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One hospital's 50 GB archive must not keep another's small file waiting until it is done. */
class FairnessTest {

    /** How long a small file takes that comes a little after a large one; functions are as scarce as in production. */
    private static Duration smallBehindLarge(int parallel, int segments) {
        Upload large = SimulatedHospital.archive(0, 0, segments, 40);
        Upload small = SimulatedHospital.archive(1, 20_000, 1, 5);
        SimulatedHospital hospital = new SimulatedHospital(segments == 0 ? List.of(small) : List.of(large, small));
        try (Simulation simulation = new Simulation(7, SimulatedFaults.NONE)) {
            simulation.configure(SimulatedHospital.CONFIGURATION.replace("parallel: 3", "parallel: " + parallel));
            simulation.limit("unzip", 4);
            simulation.limit("stitch", 4);
            simulation.run(hospital);
            assertThat(SimulatedVerdict.of(simulation, hospital)).isEmpty();
            Job job = simulation.bucket().snapshot().entrySet().stream()
                    .filter(object -> object.getKey().endsWith("/job.json"))
                    .map(object -> Json.read(object.getValue(), Job.class))
                    .filter(found -> found.input().key().equals(small.key()))
                    .findFirst()
                    .orElseThrow();
            return Duration.between(
                    job.history().getFirst().at(), job.history().getLast().at());
        }
    }

    @Test
    void aSmallFileIsDoneSoonWhileALargeOneIsWorkedOn() {
        Duration alone = smallBehindLarge(2, 0);
        Duration behind = smallBehindLarge(2, 120);
        Duration starved = smallBehindLarge(100, 120);
        assertThat(behind)
                .as("alone %s, behind %s, behind one without a limit %s", alone, behind, starved)
                .isLessThan(alone.multipliedBy(5))
                .isLessThan(starved.multipliedBy(2).dividedBy(3));
    }
}
