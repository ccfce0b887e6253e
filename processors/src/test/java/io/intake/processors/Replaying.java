package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.HttpScript.Answer;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.Runs.From;
import io.intake.processors.replay.Order;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A file whose delivery failed half way, or that was refused, and orders to work on it again. */
final class Replaying {
    static final String NAME = "daily/a.zip";

    static final byte[] FILE =
            SimulatedHospital.zip(Map.of("patients.csv", "MRN,NAME\n1,a\n2,b\n3,c\n4,d\n5,e\n6,f\n7,g\n"));

    private Replaying() {}

    static Order order(From from, boolean failedOnly, boolean again) {
        return new Order(from, failedOnly, again, null, "ops-7", "engine was down");
    }

    static Job only(World world) {
        return world.jobs().stream()
                .filter(job -> job.replay() == null)
                .findFirst()
                .orElseThrow();
    }

    static Job replay(World world) {
        return world.jobs().stream()
                .filter(job -> job.replay() != null)
                .findFirst()
                .orElseThrow();
    }

    /** The engine took a batch, and was then out of reach until the job was given up. */
    static void failAfterABatch(World world) {
        world.engine.then(Answer.of(200));
        world.engine.usually(Answer.of(503));
        world.upload(NAME, FILE);
        world.run();
        for (int days = 0; days < 8 && !only(world).state().terminal(); days++) {
            world.clock.advance(Duration.ofHours(18));
            world.sweepLater();
            world.run();
        }
        assertThat(only(world).state()).isEqualTo(JobState.FAILED);
        assertThat(only(world).settled()).isTrue();
        world.engine.usually(Answer.of(200));
    }

    static void assertAllAtTheEngineOnce(World world, String when) throws Exception {
        assertThat(world.delivered().get("patients")).as(when).hasSize(7).doesNotHaveDuplicates();
        Job job = replay(world);
        assertThat(job.state()).as(when).isEqualTo(JobState.DELIVERED);
        assertThat(job.settled()).as(when).isTrue();
        assertThat(world.keys("tasks/")).as(when).isEmpty();
        assertThat(world.jobs()).as(when).hasSize(2);
    }

    static List<String> keysReceived(World world) {
        return world.engine.received().stream()
                .map(request -> request.headers().getOrDefault("idempotency-key", "none"))
                .toList();
    }
}
