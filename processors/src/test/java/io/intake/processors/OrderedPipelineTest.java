package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.intake.bucket.BucketLayout;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.Runs.From;
import io.intake.processors.replay.Order;
import io.intake.processors.replay.Replays.Outcome;
import io.intake.store.Content;
import io.intake.store.PutRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The files behind one that ends before it reaches the engine would wait for ever, if not whoever ended it let them pass: and
 * each function can be the one.
 */
class OrderedPipelineTest {
    private static final String FEEDS = """
                      - id: in-order
                        match: 'in-order/.*'
                        controls: { same-bytes: skip }
                        deliver: { engine: lab, batch: 3, ordered: true, template: row.json }
                """;

    private static final String EXPECTED = """
                      - id: in-order
                        match: 'in-order/.*'
                        expect: { by: "12:00", zone: UTC }
                        deliver: { engine: lab, batch: 3, ordered: true }
                """;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void whateverEndsAFileLetsTheNextOnesPass() throws Exception {
        try (World world = new World(Map.of(), FEEDS)) {
            world.bucket.put(PutRequest.of(
                    "config/templates/row.json", Content.of(bytes("{\"id\":\"{{ID}}\"}")), "application/json"));
            world.upload("in-order/1.csv", bytes("ID,X\n1,a\n"));
            // stopped by unzip, by stitch, and by intake as the same bytes again
            world.upload("in-order/2.zip", new byte[500]);
            world.upload("in-order/3.csv", bytes("ID,X\n1,\"a\n"));
            world.upload("in-order/4.csv", bytes("ID,X\n1,a\n"));
            world.upload("in-order/5.csv", bytes("ID,X\n5,e\n"));
            for (int sweeps = 0; sweeps < 4; sweeps++) {
                world.run();
                world.sweepLater();
            }
            world.run();
            assertThat(world.jobs())
                    .extracting(Job::state)
                    .containsExactlyInAnyOrder(
                            JobState.DELIVERED,
                            JobState.QUARANTINED,
                            JobState.QUARANTINED,
                            JobState.SKIPPED,
                            JobState.DELIVERED);
            assertThat(world.keys(BucketLayout.TASKS)).isEmpty();
            assertThat(world.keys(BucketLayout.FEEDS)).noneMatch(key -> key.contains("/order/"));
        }
    }

    @Test
    void aFileWhoseEventWasLostLetsTheNextOnesPassWhenTheSweepEndsIt() throws Exception {
        try (World world = new World(Map.of(), FEEDS)) {
            world.bucket.put(PutRequest.of(
                    "config/templates/row.json", Content.of(bytes("{\"id\":\"{{ID}}\"}")), "application/json"));
            world.upload("in-order/1.csv", bytes("ID,X\n1,a\n"));
            world.run();
            world.upload("in-order/2.csv", bytes("ID,X\n1,a\n"));
            world.events.clear();
            world.sweepLater();
            assertThat(world.jobs())
                    .extracting(Job::state)
                    .containsExactlyInAnyOrder(JobState.DELIVERED, JobState.SKIPPED);
            assertThat(inLine(world)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(From.class)
    void aReplayTakesThePlaceOfItsFileInTheLine(From from) throws Exception {
        try (World world = new World(Map.of(), EXPECTED)) {
            world.upload("in-order/1.csv", bytes("ID,X\n1,a\n"));
            world.run();
            String first = world.jobs().getFirst().id();
            assertThat(world.replays().order(first, new Order(from, false, true, null, "ops-7", "sent to nobody")))
                    .isInstanceOf(Outcome.Accepted.class);
            world.deliver(world.events.remove());
            List<World.Event> late = List.copyOf(world.events);
            world.events.clear();
            world.upload("in-order/2.csv", bytes("ID,X\n2,b\n"));
            world.run();
            assertThat(inLine(world))
                    .hasSize(2)
                    .first()
                    .asString()
                    .endsWith(Replaying.replay(world).id());
            assertThat(world.engine.received()).hasSize(1);
            world.events.addAll(late);
            for (int sweeps = 0; sweeps < 4; sweeps++) {
                world.run();
                world.sweepLater();
            }
            world.run();
            assertThat(world.jobs()).hasSize(3).extracting(Job::state).containsOnly(JobState.DELIVERED);
            assertThat(world.engine.received())
                    .extracting(request -> request.headers().get("intake-job"))
                    .containsExactly(
                            first, Replaying.replay(world).id(), second(world).id());
            assertThat(inLine(world)).isEmpty();
        }
    }

    /** A task that died in its last step, or its doubled event, comes upon a file whose end nobody has been told of. */
    @ParameterizedTest
    @ValueSource(strings = {"unzip", "stitch"})
    void whoeverComesUponAnEndThatNobodyWasToldOfTellsThem(String stage) throws Exception {
        try (World world = new World(Map.of(), EXPECTED)) {
            world.upload("in-order/1.csv", bytes("ID,X\n"));
            World.Event left = killed(world, "tasks/" + stage + "/", call -> call.equals("before delete"));
            killed(world, "tasks/forward/", call -> world.jobs().getFirst().state() == JobState.DELIVERED);
            assertThat(inLine(world)).hasSize(1);
            world.events.clear();
            world.deliver(left);
            assertThat(world.jobs()).extracting(Job::settled).containsExactly(true);
            assertThat(inLine(world)).isEmpty();
            assertThat(world.keys(BucketLayout.TASKS + "page/")).isNotEmpty();
            world.run();
            assertThat(world.pager.received().getFirst().body()).contains("FILE_EMPTY");
        }
    }

    /** Delivers events up to one of a stage, in whose midst the function dies. */
    private static World.Event killed(World world, String prefix, Predicate<String> at) {
        while (!world.events.element().key().startsWith(prefix)) {
            world.deliver(world.events.remove());
        }
        World.Event event = world.events.remove();
        world.aroundEachCall(call -> {
            if (at.test(call)) {
                throw new IllegalStateException("killed");
            }
        });
        assertThatIllegalStateException().isThrownBy(() -> world.deliver(event)).withMessage("killed");
        world.restart();
        return event;
    }

    private static List<String> inLine(World world) {
        return world.keys(BucketLayout.order(World.PARTNER, "in-order"));
    }

    private static Job second(World world) {
        return world.jobs().stream()
                .filter(job -> job.replay() == null && job.replayed() == null)
                .findFirst()
                .orElseThrow();
    }
}
