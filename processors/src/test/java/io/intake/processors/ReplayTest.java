package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.BucketLayout;
import io.intake.config.Configuration;
import io.intake.config.ConfigurationParser;
import io.intake.config.Feed;
import io.intake.processors.HttpScript.Answer;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.Runs.From;
import io.intake.processors.replay.Order;
import io.intake.processors.replay.Replays.Outcome;
import io.intake.store.Content;
import io.intake.store.PutRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * A replay that doubles records, or that dies half ordered, makes the cure worse than the disease: whatever is ordered, by
 * however many, and wherever it is killed, the engine has each record once by its key, and people can tell what happened.
 */
class ReplayTest {
    private static final String NAME = "daily/a.zip";
    private static final byte[] FILE =
            SimulatedHospital.zip(Map.of("patients.csv", "MRN,NAME\n1,a\n2,b\n3,c\n4,d\n5,e\n6,f\n7,g\n"));

    private static Order order(From from, boolean failedOnly, boolean again) {
        return new Order(from, failedOnly, again, null, "ops-7", "engine was down");
    }

    private static Job only(World world) {
        return world.jobs().stream()
                .filter(job -> job.replay() == null)
                .findFirst()
                .orElseThrow();
    }

    private static Job replay(World world) {
        return world.jobs().stream()
                .filter(job -> job.replay() != null)
                .findFirst()
                .orElseThrow();
    }

    /** The engine took a batch, and was then out of reach until the job was given up. */
    private static void failAfterABatch(World world) {
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

    private static void assertAllAtTheEngineOnce(World world, String when) throws Exception {
        assertThat(world.delivered().get("patients")).as(when).hasSize(7).doesNotHaveDuplicates();
        Job job = replay(world);
        assertThat(job.state()).as(when).isEqualTo(JobState.DELIVERED);
        assertThat(job.settled()).as(when).isTrue();
        assertThat(world.keys("tasks/")).as(when).isEmpty();
        assertThat(world.jobs()).as(when).hasSize(2);
    }

    private static List<String> keysReceived(World world) {
        return world.engine.received().stream()
                .map(request -> request.headers().getOrDefault("idempotency-key", "none"))
                .toList();
    }

    @Test
    void onlyWhatTheEngineHasNotAcknowledgedIsSentAndByTheSameKeys() throws Exception {
        try (World world = new World()) {
            failAfterABatch(world);
            int before = world.engine.received().size();
            Outcome outcome = world.replays().order(only(world).id(), order(From.FORWARD, true, false));
            assertThat(outcome).isInstanceOf(Outcome.Accepted.class);
            world.run();
            assertAllAtTheEngineOnce(world, "failed only");
            List<String> after =
                    keysReceived(world).subList(before, keysReceived(world).size());
            assertThat(after)
                    .hasSize(2)
                    .doesNotHaveDuplicates()
                    .doesNotContain(keysReceived(world).getFirst());
            assertThat(keysReceived(world).subList(1, before)).contains(after.getFirst());
            assertThat(replay(world).counts()).containsEntry("delivered", 7L).containsEntry("rows", 7L);
            JsonNode receipt = world.receipt(NAME, "delivered");
            assertThat(receipt.path("replays").asText()).isEqualTo(only(world).id());
            assertThat(receipt.path("rows").asInt()).isEqualTo(7);
            assertThat(only(world).replayed()).satisfies(replayed -> {
                assertThat(replayed.as()).isEqualTo(replay(world).id());
                assertThat(replayed.by()).isEqualTo("ops-7");
            });
            assertThat(only(world).state()).isEqualTo(JobState.FAILED);
            world.sweepLater();
            world.run();
            assertThat(world.pager.received().getLast().body()).contains("\"resolve\"", "intake/job/" + World.PARTNER);
        }
    }

    @Test
    void anyReplaySendsUnderTheSameKeysWhatIsTheSameSoThatTheEngineCanDropIt() throws Exception {
        for (From from : From.values()) {
            try (World world = new World()) {
                failAfterABatch(world);
                int before = world.engine.received().size();
                assertThat(world.replays().order(only(world).id(), order(from, false, false)))
                        .isInstanceOf(Outcome.Accepted.class);
                world.run();
                assertAllAtTheEngineOnce(world, "from " + from);
                assertThat(keysReceived(world).subList(before, before + 1))
                        .as("from " + from)
                        .containsExactly(keysReceived(world).getFirst());
            }
        }
    }

    @Test
    void whatWasDeliveredIsSentAgainOnlyIfThatIsSaidAndThenByKeysThatTheEngineDoesNotKnow() throws Exception {
        for (From from : From.values()) {
            try (World world = new World()) {
                world.upload(NAME, FILE);
                world.run();
                String id = only(world).id();
                assertThat(world.replays().order(id, order(from, false, false)))
                        .satisfies(refused -> assertThat(refused)
                                .isInstanceOfSatisfying(
                                        Outcome.Refused.class,
                                        no -> assertThat(no.why()).contains("--again")));
                assertThat(world.jobs()).hasSize(1);
                assertThat(world.replays().order(id, order(from, false, true))).isInstanceOf(Outcome.Accepted.class);
                world.run();
                assertThat(world.delivered().get("patients")).as("from " + from).hasSize(14);
                assertThat(keysReceived(world)).hasSize(6).doesNotHaveDuplicates();
            }
        }
    }

    @Test
    void ofTwoOperatorsTheFirstOrdersAndTheSecondIsToldOfIt() throws Exception {
        try (World world = new World()) {
            failAfterABatch(world);
            String id = only(world).id();
            world.replays().order(id, order(From.FORWARD, true, false));
            Order other = new Order(From.UNZIP, false, false, null, "ops-8", "me too");
            assertThat(world.replays().order(id, other))
                    .isInstanceOfSatisfying(
                            Outcome.Refused.class,
                            no -> assertThat(no.why())
                                    .contains("ops-7", replay(world).id()));
            Order same = new Order(From.FORWARD, true, false, null, "ops-8", "me too");
            assertThat(world.replays().order(id, same)).isInstanceOfSatisfying(Outcome.Accepted.class, yes -> {
                assertThat(yes.earlier()).isTrue();
                assertThat(java.util.Objects.requireNonNull(yes.job().replay()).by())
                        .isEqualTo("ops-7");
            });
            world.run();
            assertAllAtTheEngineOnce(world, "two operators");
            assertThat(world.replays().order(id, same)).isInstanceOf(Outcome.Refused.class);
            assertThat(world.jobs()).hasSize(2);
        }
    }

    @Test
    void aReplayThatFailedTooIsReplayedInItsTurn() throws Exception {
        try (World world = new World()) {
            failAfterABatch(world);
            String first = only(world).id();
            world.engine.usually(Answer.of(503));
            world.replays().order(first, order(From.FORWARD, true, false));
            world.run();
            for (int days = 0; days < 8; days++) {
                world.clock.advance(Duration.ofHours(18));
                world.sweepLater();
                world.run();
            }
            Job second = replay(world);
            assertThat(second.state()).isEqualTo(JobState.FAILED);
            world.engine.usually(Answer.of(200));
            assertThat(world.replays().order(first, order(From.FORWARD, true, false)))
                    .isInstanceOfSatisfying(
                            Outcome.Refused.class, no -> assertThat(no.why()).contains(second.id()));
            assertThat(world.replays().order(second.id(), order(From.FORWARD, true, false)))
                    .isInstanceOf(Outcome.Accepted.class);
            world.run();
            assertThat(world.jobs()).hasSize(3);
            assertThat(world.delivered().get("patients")).hasSize(7).doesNotHaveDuplicates();
            assertThat(world.jobs())
                    .extracting(Job::state)
                    .filteredOn(JobState.DELIVERED::equals)
                    .hasSize(1);
        }
    }

    @Test
    void whatIsBeingWorkedOnIsNotReplayed() throws Exception {
        try (World world = new World()) {
            world.engine.usually(Answer.of(503));
            world.upload(NAME, FILE);
            world.run();
            assertThat(only(world).state()).isEqualTo(JobState.WAITING);
            assertThat(world.replays().check(only(world).id(), order(From.UNZIP, false, true)))
                    .isInstanceOfSatisfying(
                            Outcome.Refused.class, no -> assertThat(no.why()).contains("waits for its engine"));
            assertThat(world.replays().check("20260304-00", order(From.UNZIP, false, true)))
                    .isInstanceOf(Outcome.Unknown.class);
        }
    }

    @Test
    void aDryRunChangesNothing() throws Exception {
        try (World world = new World()) {
            failAfterABatch(world);
            Map<String, Integer> before = hashes(world);
            assertThat(world.replays().check(only(world).id(), order(From.STITCH, false, false)))
                    .isInstanceOf(Outcome.Accepted.class);
            assertThat(hashes(world)).isEqualTo(before);
        }
    }

    private static Map<String, Integer> hashes(World world) {
        Map<String, Integer> hashes = new TreeMap<>();
        world.bucket.snapshot().forEach((key, bytes) -> hashes.put(key, java.util.Arrays.hashCode(bytes)));
        return hashes;
    }

    /** The feed as the configuration has it once {@code old} is corrected. */
    private static Feed corrected(World world, String old, String by, String feed) {
        String yaml = world.text(BucketLayout.PARTNERS).replace(old, by);
        world.bucket.put(PutRequest.of(
                BucketLayout.PARTNERS, Content.of(yaml.getBytes(StandardCharsets.UTF_8)), "application/yaml"));
        Configuration now = ConfigurationParser.parse("partners.yml", yaml);
        return now.partner(World.PARTNER).orElseThrow().feeds().stream()
                .filter(each -> each.id().equals(feed))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aFileThatWasRefusedGoesThroughOnceItsFeedIsCorrected() throws Exception {
        for (From from : List.of(From.UNZIP, From.STITCH)) {
            try (World world = new World()) {
                world.upload("keyed/x.csv", "PATIENT,SITE\n1,a\n2,a\n".getBytes(StandardCharsets.UTF_8));
                world.run();
                assertThat(only(world).state()).isEqualTo(JobState.QUARANTINED);
                Feed feed = corrected(
                        world,
                        "columns: [ { name: MRN, required: true }, {",
                        "columns: [ { name: MRN, aliases: [PATIENT], required: true }, {",
                        "keyed");
                String id = only(world).id();
                assertThat(world.replays().order(id, new Order(from, false, false, null, "ops-7", "no")))
                        .isInstanceOf(Outcome.Accepted.class);
                world.run();
                assertThat(replay(world).state()).as("by the feed as it was").isEqualTo(JobState.QUARANTINED);
                String second = replay(world).id();
                assertThat(world.replays().order(second, new Order(from, false, false, feed, "ops-7", "alias")))
                        .isInstanceOf(Outcome.Accepted.class);
                world.run();
                assertThat(world.delivered().get("x")).as("from " + from).isNull();
                assertThat(world.delivered().get("patients"))
                        .as("from " + from)
                        .containsExactly("{\"MRN\":\"1\",\"SITE\":\"a\"}", "{\"MRN\":\"2\",\"SITE\":\"a\"}");
                assertThat(world.receipt("keyed/x.csv", "delivered")
                                .path("replays")
                                .asText())
                        .isEqualTo(second);
            }
        }
    }

    @Test
    void aFileThatNoFeedTookIsTakenByTheFeedThatIsNamed() throws Exception {
        try (World world = new World()) {
            world.upload("dayly/a.zip", FILE);
            world.run();
            assertThat(only(world).state()).isEqualTo(JobState.UNMATCHED);
            assertThat(world.replays().order(only(world).id(), order(From.UNZIP, false, false)))
                    .isInstanceOfSatisfying(
                            Outcome.Refused.class, no -> assertThat(no.why()).contains("--feed"));
            Feed daily = corrected(world, "x", "x", "daily");
            world.replays().order(only(world).id(), new Order(From.UNZIP, false, false, daily, "ops-7", "misnamed"));
            world.run();
            assertAllAtTheEngineOnce(world, "unmatched");
        }
    }

    @Test
    void aSetThatWasRefusedIsWorkedOnAsItIs() throws Exception {
        String feed = """
                      - id: nightly
                        match: 'night/(?<day>\\d+)/.*'
                        collect: { by: [day], within: 2h, overdue: quarantine, parts: { patients: { match: '.*/patients.csv' }, visits: { match: '.*/visits.csv' } } }
                        deliver: { engine: lab, batch: 3 }
                """;
        try (World world = new World(Map.of(), feed)) {
            world.upload("night/1/patients.csv", "MRN\n1\n".getBytes(StandardCharsets.UTF_8));
            world.run();
            world.clock.advance(Duration.ofHours(3));
            world.sweepLater();
            world.run();
            Job set = world.jobs().stream().filter(Job::isSet).findFirst().orElseThrow();
            Job member = world.jobs().stream().filter(Job::isMember).findFirst().orElseThrow();
            assertThat(List.of(set.state(), member.state())).containsOnly(JobState.QUARANTINED);
            assertThat(world.replays().order(member.id(), order(From.UNZIP, false, false)))
                    .isInstanceOfSatisfying(
                            Outcome.Refused.class, no -> assertThat(no.why()).contains(set.id()));
            world.replays().order(set.id(), order(From.UNZIP, false, false));
            world.run();
            assertThat(world.delivered()).isEqualTo(Map.of("patients", List.of("{\"MRN\":\"1\"}")));
            assertThat(world.jobs()).filteredOn(Job::isMember).singleElement().satisfies(now -> {
                assertThat(now.state()).isEqualTo(JobState.DELIVERED);
                assertThat(now.failure()).isNull();
            });
            assertThat(world.receipt("night/1/patients.csv", "delivered").has("code"))
                    .isFalse();
        }
    }

    /** The process is gone. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void aKillAroundAnyStoreCallOfTheOrderOrOfTheReplayDoublesAndLosesNothing() throws Exception {
        for (Order order : List.of(
                order(From.FORWARD, true, false), order(From.STITCH, false, false), order(From.UNZIP, false, false))) {
            int calls = 1;
            for (int kill = 1; kill <= calls; kill++) {
                try (World world = new World()) {
                    failAfterABatch(world);
                    String id = only(world).id();
                    AtomicInteger count = new AtomicInteger();
                    int at = kill;
                    world.aroundEachCall(call -> {
                        if (count.incrementAndGet() == at) {
                            throw new Killed();
                        }
                    });
                    boolean ordered = false;
                    try {
                        world.replays().order(id, order);
                        ordered = true;
                        while (!world.events.isEmpty()) {
                            world.deliver(world.events.remove());
                        }
                        calls = count.get();
                    } catch (Killed killed) {
                        calls = at + 1;
                    }
                    world.restart();
                    for (int sweep = 0; sweep < 4; sweep++) {
                        world.run();
                        world.sweepLater();
                    }
                    world.run();
                    String when = order.from() + ", kill at call " + kill;
                    if (world.jobs().size() == 1) {
                        assertThat(ordered).as(when).isFalse();
                        world.replays().order(id, order);
                        world.run();
                    }
                    assertAllAtTheEngineOnce(world, when);
                }
            }
            assertThat(calls).isGreaterThan(20);
        }
    }
}
