package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.BucketLayout;
import io.intake.processors.forward.mllp.MllpScript;
import io.intake.processors.job.JobState;
import io.intake.store.Content;
import io.intake.store.PutRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A file of messages is many deliveries: one lost or doubled among them shows nowhere else. */
class MllpPipelineTest {
    static final String YAML = """
            partners:
              - id: st-marys
                login: { public-keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICXdN2sO8Chsk5e7x8IQSxatWUQ2T+8w1119imVhF69u a"] }
                feeds:
                  - { id: adt, match: '.*', deliver: { engine: mirth, as: members, batch: 2 } }
            engines:
              mirth: { type: mllp, host: 127.0.0.1, port: %d }
            """;

    private static World world(MllpScript engine) {
        World world = new World();
        byte[] yaml = YAML.formatted(engine.port()).getBytes(StandardCharsets.UTF_8);
        world.bucket.put(PutRequest.of(BucketLayout.PARTNERS, Content.of(yaml), "application/yaml"));
        world.restart();
        return world;
    }

    private static String messages(int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append("MSH|^~\\&|L|H|||2026||ADT^A01|").append(i).append("|P|2.5\rPID|1||77\r");
        }
        return text.toString();
    }

    private static List<String> ids(MllpScript engine) {
        return engine.received().stream()
                .map(message -> message.split("\\|", -1)[9])
                .toList();
    }

    @Test
    void allMessagesOfAnArchivesFilesAreDelivered() throws Exception {
        try (MllpScript engine = new MllpScript();
                World world = world(engine)) {
            String batch = "FHS|^~\\&\rBHS|^~\\&\r" + messages(0, 5) + "BTS|5\rFTS|1\r";
            world.upload("x.zip", Zips.of(Map.of("a.hl7", batch, "b.hl7", "BHS|^~\\&\rBTS|0\r")));
            world.run();

            assertThat(world.jobs()).singleElement().satisfies(job -> {
                assertThat(job.state()).isEqualTo(JobState.DELIVERED);
                assertThat(job.counts()).containsEntry("delivered", 5L).containsEntry("messages", 5L);
            });
            assertThat(ids(engine)).containsExactly("0", "1", "2", "3", "4");
        }
    }

    @Test
    void noMessageIsLostHoweverOftenTheProcessIsKilled() throws Exception {
        boolean killed = true;
        for (int kill = 1; killed; kill += 3) {
            try (MllpScript engine = new MllpScript();
                    World world = world(engine)) {
                world.upload("x.zip", Zips.of(Map.of("a.hl7", messages(0, 5))));
                killed = KilledRun.run(world, kill, kill % 2 == 0);
                String when = "kill at " + kill;
                assertThat(world.jobs())
                        .as(when)
                        .singleElement()
                        .satisfies(job -> assertThat(job.state()).isEqualTo(JobState.DELIVERED));
                List<String> ids = ids(engine);
                assertThat(ids.stream().distinct().toList())
                        .as(when)
                        .isEqualTo(
                                IntStream.range(0, 5).mapToObj(String::valueOf).toList());
                assertThat(ids.size())
                        .as("%s: at most a step's messages twice", when)
                        .isLessThanOrEqualTo(7);
            }
        }
    }

    @Test
    void theRateIsOfMessagesAndNotOfBatches() throws Exception {
        try (MllpScript engine = new MllpScript();
                World world = world(engine)) {
            byte[] yaml = YAML.formatted(engine.port())
                    .replace("type: mllp,", "type: mllp, rate: 2/10s,")
                    .getBytes(StandardCharsets.UTF_8);
            world.bucket.put(PutRequest.of(BucketLayout.PARTNERS, Content.of(yaml), "application/yaml"));
            world.restart();
            List<Instant> times = new CopyOnWriteArrayList<>();
            for (int i = 0; i < 7; i++) {
                engine.then((controlId, out, connection) -> {
                    times.add(world.clock.instant());
                    out.write(MllpScript.block(MllpScript.answer("AA").replace("ID", controlId)));
                });
            }
            world.upload("x.zip", Zips.of(Map.of("a.hl7", messages(0, 7))));
            world.run();
            for (int sweep = 0; sweep < 5; sweep++) {
                world.sweepLater();
                world.run();
            }
            assertThat(ids(engine)).containsExactly("0", "1", "2", "3", "4", "5", "6");
            for (int i = 2; i < times.size(); i++) {
                assertThat(Duration.between(times.get(i - 2), times.get(i)))
                        .as("messages " + (i - 2) + " to " + i)
                        .isGreaterThanOrEqualTo(Duration.ofSeconds(10));
            }
        }
    }

    @Test
    void withinARateABatchIsNotCutIntoMessages() throws Exception {
        try (MllpScript engine = new MllpScript();
                World world = world(engine)) {
            byte[] yaml = YAML.formatted(engine.port())
                    .replace("type: mllp,", "type: mllp, rate: 60000/1m,")
                    .getBytes(StandardCharsets.UTF_8);
            world.bucket.put(PutRequest.of(BucketLayout.PARTNERS, Content.of(yaml), "application/yaml"));
            world.restart();
            world.upload("x.zip", Zips.of(Map.of("a.hl7", messages(0, 40))));
            AtomicInteger checkpoints = new AtomicInteger();
            world.aroundEachCall(call -> checkpoints.addAndGet(call.equals("after put") ? 1 : 0));
            world.run();
            assertThat(ids(engine)).hasSize(40);
            assertThat(checkpoints).as("writes to the store").hasValueLessThan(60);
        }
    }

    @Test
    void aFileThatIsShortOfMessagesIsQuarantined() throws Exception {
        try (MllpScript engine = new MllpScript();
                World world = world(engine)) {
            world.upload("x.zip", Zips.of(Map.of("a.hl7", "BHS|^~\\&\r" + messages(0, 5) + "BTS|6\r")));
            world.run();

            assertThat(world.jobs())
                    .singleElement()
                    .satisfies(job -> assertThat(job.state()).isEqualTo(JobState.QUARANTINED));
            assertThat(engine.received()).isEmpty();
        }
    }
}
