package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.processors.HttpScript.Answer;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.Runs.From;
import io.intake.processors.replay.Order;
import io.intake.processors.replay.Replays.Outcome;
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
    @Test
    void onlyWhatTheEngineHasNotAcknowledgedIsSentAndByTheSameKeys() throws Exception {
        try (World world = new World()) {
            Replaying.failAfterABatch(world);
            int before = world.engine.received().size();
            Outcome outcome =
                    world.replays().order(Replaying.only(world).id(), Replaying.order(From.FORWARD, true, false));
            assertThat(outcome).isInstanceOf(Outcome.Accepted.class);
            world.run();
            Replaying.assertAllAtTheEngineOnce(world, "failed only");
            List<String> after = Replaying.keysReceived(world)
                    .subList(before, Replaying.keysReceived(world).size());
            assertThat(after)
                    .hasSize(2)
                    .doesNotHaveDuplicates()
                    .doesNotContain(Replaying.keysReceived(world).getFirst());
            assertThat(Replaying.keysReceived(world).subList(1, before)).contains(after.getFirst());
            assertThat(Replaying.replay(world).counts())
                    .containsEntry("delivered", 7L)
                    .containsEntry("rows", 7L);
            JsonNode receipt = world.receipt(Replaying.NAME, "delivered");
            assertThat(receipt.path("replays").asText())
                    .isEqualTo(Replaying.only(world).id());
            assertThat(receipt.path("rows").asInt()).isEqualTo(7);
            assertThat(Replaying.only(world).replayed()).satisfies(replayed -> {
                assertThat(replayed.as()).isEqualTo(Replaying.replay(world).id());
                assertThat(replayed.by()).isEqualTo("ops-7");
            });
            assertThat(Replaying.only(world).state()).isEqualTo(JobState.FAILED);
            world.sweepLater();
            world.run();
            assertThat(world.pager.received().getLast().body()).contains("\"resolve\"", "intake/job/" + World.PARTNER);
        }
    }

    @Test
    void anyReplaySendsUnderTheSameKeysWhatIsTheSameSoThatTheEngineCanDropIt() throws Exception {
        for (From from : From.values()) {
            try (World world = new World()) {
                Replaying.failAfterABatch(world);
                int before = world.engine.received().size();
                assertThat(world.replays().order(Replaying.only(world).id(), Replaying.order(from, false, false)))
                        .isInstanceOf(Outcome.Accepted.class);
                world.run();
                Replaying.assertAllAtTheEngineOnce(world, "from " + from);
                assertThat(Replaying.keysReceived(world).subList(before, before + 1))
                        .as("from " + from)
                        .containsExactly(Replaying.keysReceived(world).getFirst());
            }
        }
    }

    @Test
    void whatWasDeliveredIsSentAgainOnlyIfThatIsSaidAndThenByKeysThatTheEngineDoesNotKnow() throws Exception {
        for (From from : From.values()) {
            try (World world = new World()) {
                world.upload(Replaying.NAME, Replaying.FILE);
                world.run();
                String id = Replaying.only(world).id();
                assertThat(world.replays().order(id, Replaying.order(from, false, false)))
                        .satisfies(refused -> assertThat(refused)
                                .isInstanceOfSatisfying(
                                        Outcome.Refused.class,
                                        no -> assertThat(no.why()).contains("--again")));
                assertThat(world.jobs()).hasSize(1);
                assertThat(world.replays().order(id, Replaying.order(from, false, true)))
                        .isInstanceOf(Outcome.Accepted.class);
                world.run();
                assertThat(world.delivered().get("patients")).as("from " + from).hasSize(14);
                assertThat(Replaying.keysReceived(world)).hasSize(6).doesNotHaveDuplicates();
            }
        }
    }

    @Test
    void ofTwoOperatorsTheFirstOrdersAndTheSecondIsToldOfIt() throws Exception {
        try (World world = new World()) {
            Replaying.failAfterABatch(world);
            String id = Replaying.only(world).id();
            world.replays().order(id, Replaying.order(From.FORWARD, true, false));
            Order other = new Order(From.UNZIP, false, false, null, "ops-8", "me too");
            assertThat(world.replays().order(id, other))
                    .isInstanceOfSatisfying(
                            Outcome.Refused.class,
                            no -> assertThat(no.why())
                                    .contains("ops-7", Replaying.replay(world).id()));
            Order same = new Order(From.FORWARD, true, false, null, "ops-8", "me too");
            assertThat(world.replays().order(id, same)).isInstanceOfSatisfying(Outcome.Accepted.class, yes -> {
                assertThat(yes.earlier()).isTrue();
                assertThat(java.util.Objects.requireNonNull(yes.job().replay()).by())
                        .isEqualTo("ops-7");
            });
            world.run();
            Replaying.assertAllAtTheEngineOnce(world, "two operators");
            assertThat(world.replays().order(id, same)).isInstanceOf(Outcome.Refused.class);
            assertThat(world.jobs()).hasSize(2);
        }
    }

    @Test
    void aReplayThatFailedTooIsReplayedInItsTurn() throws Exception {
        try (World world = new World()) {
            Replaying.failAfterABatch(world);
            String first = Replaying.only(world).id();
            world.engine.usually(Answer.of(503));
            world.replays().order(first, Replaying.order(From.FORWARD, true, false));
            world.run();
            for (int days = 0; days < 8; days++) {
                world.clock.advance(Duration.ofHours(18));
                world.sweepLater();
                world.run();
            }
            Job second = Replaying.replay(world);
            assertThat(second.state()).isEqualTo(JobState.FAILED);
            world.engine.usually(Answer.of(200));
            assertThat(world.replays().order(first, Replaying.order(From.FORWARD, true, false)))
                    .isInstanceOfSatisfying(
                            Outcome.Refused.class, no -> assertThat(no.why()).contains(second.id()));
            assertThat(world.replays().order(second.id(), Replaying.order(From.FORWARD, true, false)))
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
            world.upload(Replaying.NAME, Replaying.FILE);
            world.run();
            assertThat(Replaying.only(world).state()).isEqualTo(JobState.WAITING);
            assertThat(world.replays().check(Replaying.only(world).id(), Replaying.order(From.UNZIP, false, true)))
                    .isInstanceOfSatisfying(
                            Outcome.Refused.class, no -> assertThat(no.why()).contains("waits for its engine"));
            assertThat(world.replays().check("20260304-00", Replaying.order(From.UNZIP, false, true)))
                    .isInstanceOf(Outcome.Unknown.class);
        }
    }

    @Test
    void aDryRunChangesNothing() throws Exception {
        try (World world = new World()) {
            Replaying.failAfterABatch(world);
            Map<String, Integer> before = hashes(world);
            assertThat(world.replays().check(Replaying.only(world).id(), Replaying.order(From.STITCH, false, false)))
                    .isInstanceOf(Outcome.Accepted.class);
            assertThat(hashes(world)).isEqualTo(before);
        }
    }

    private static Map<String, Integer> hashes(World world) {
        Map<String, Integer> hashes = new TreeMap<>();
        world.bucket.snapshot().forEach((key, bytes) -> hashes.put(key, java.util.Arrays.hashCode(bytes)));
        return hashes;
    }

    /** The process is gone. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void aKillAroundAnyStoreCallOfTheOrderOrOfTheReplayDoublesAndLosesNothing() throws Exception {
        for (Order order : List.of(
                Replaying.order(From.FORWARD, true, false),
                Replaying.order(From.STITCH, false, false),
                Replaying.order(From.UNZIP, false, false))) {
            int calls = 1;
            for (int kill = 1; kill <= calls; kill++) {
                try (World world = new World()) {
                    Replaying.failAfterABatch(world);
                    String id = Replaying.only(world).id();
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
                    Replaying.assertAllAtTheEngineOnce(world, when);
                }
            }
            assertThat(calls).isGreaterThan(20);
        }
    }
}
