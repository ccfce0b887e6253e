package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.processors.HttpScript.Answer;
import io.intake.processors.hold.Decision.Action;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.store.Content;
import io.intake.store.PutRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Who is woken five hundred times for one broken export switches the pager off; who is not woken for the next one reads of it. */
class IncidentPipelineTest {
    private static final byte[] BROKEN = "no zip".getBytes(StandardCharsets.UTF_8);
    private static final byte[] GOOD = SimulatedHospital.zip(Map.of("t.csv", "N\n1\n"));

    private static List<JsonNode> pages(World world) throws Exception {
        List<JsonNode> pages = new ArrayList<>();
        for (HttpScript.Received request : world.pager.received()) {
            pages.add(Json.mapper().readTree(request.body()));
        }
        return pages;
    }

    /** The keys of incidents that are open, as PagerDuty sees them. */
    private static SortedSet<String> open(World world) throws Exception {
        TreeSet<String> open = new TreeSet<>();
        for (JsonNode page : pages(world)) {
            String key = page.path("dedup_key").asText();
            boolean changed = page.path("event_action").asText().equals("trigger") ? open.add(key) : open.remove(key);
            assertThat(changed || open.contains(key)).isTrue();
        }
        return open;
    }

    private static String count(JsonNode page) {
        return page.path("payload").path("custom_details").path("count").asText();
    }

    private static void sweep(World world, int times) {
        for (int i = 0; i < times; i++) {
            world.sweepLater();
            world.run();
        }
    }

    @Test
    void filesThatFailForOneCauseAreOneIncidentWithTheirCount() throws Exception {
        try (World world = new World()) {
            for (int i = 0; i < 100; i++) {
                world.upload("daily/" + i + ".zip", BROKEN);
            }
            world.run();
            assertThat(pages(world))
                    .extracting(IncidentPipelineTest::count)
                    .containsExactly("1", "2", "4", "8", "16", "32", "64");
            sweep(world, 4);
            assertThat(open(world)).hasSize(1);
            JsonNode last = pages(world).getLast();
            assertThat(pages(world)).hasSize(8);
            assertThat(count(last)).isEqualTo("100");
            assertThat(last.path("payload").path("summary").asText()).contains("st-marys/daily", "(100 since");
            assertThat(last.path("payload")
                            .path("custom_details")
                            .path("sample")
                            .asText()
                            .split(" "))
                    .hasSize(10);
            assertThat(world.keys("tasks/")).isEmpty();
        }
    }

    @Test
    void anotherCauseIsAnotherIncident() throws Exception {
        try (World world = new World()) {
            world.upload("daily/1.zip", BROKEN);
            world.upload("nobody/1.zip", GOOD);
            world.upload("checked/1.zip", BROKEN);
            world.run();
            assertThat(open(world)).hasSize(3);
        }
    }

    @Test
    void anEventThatComesAgainCountsOnce() throws Exception {
        try (World world = new World()) {
            world.upload("daily/1.zip", BROKEN);
            List<World.Event> pages = new ArrayList<>();
            while (!world.events.isEmpty()) {
                World.Event event = world.events.remove();
                if (event.key().startsWith("tasks/page/")) {
                    pages.add(event);
                }
                world.deliver(event);
            }
            String job = world.jobs().getFirst().id();
            world.bucket.delete(BucketLayout.paged(job, 2));
            pages.forEach(world::deliver);
            sweep(world, 2);
            assertThat(pages(world)).extracting(IncidentPipelineTest::count).containsExactly("1");
        }
    }

    @Test
    void whatComesAfterALongSilenceWakesSomebodyAgain() throws Exception {
        try (World world = new World()) {
            world.upload("daily/1.zip", BROKEN);
            world.run();
            world.clock.advance(Duration.ofHours(13));
            world.upload("daily/2.zip", BROKEN);
            world.run();
            assertThat(pages(world)).extracting(IncidentPipelineTest::count).containsExactly("1", "1");
            assertThat(open(world)).hasSize(2);
            world.upload("daily/1.zip", GOOD);
            world.upload("daily/2.zip", GOOD);
            world.run();
            sweep(world, 3);
            assertThat(open(world)).isEmpty();
        }
    }

    @Test
    void theIncidentEndsWhenEveryFileWasPutAgainAndIsThrough() throws Exception {
        try (World world = new World()) {
            for (int i = 0; i < 3; i++) {
                world.upload("daily/" + i + ".zip", BROKEN);
            }
            world.run();
            world.upload("daily/0.zip", GOOD);
            world.upload("daily/1.zip", GOOD);
            world.run();
            sweep(world, 3);
            assertThat(open(world)).hasSize(1);
            world.upload("daily/2.zip", GOOD);
            world.run();
            sweep(world, 3);
            assertThat(open(world)).isEmpty();
            assertThat(world.keys("incidents/members/")).isEmpty();
            int before = pages(world).size();
            world.upload("daily/3.zip", BROKEN);
            world.run();
            assertThat(pages(world)).hasSize(before + 1);
            assertThat(open(world)).hasSize(1);
        }
    }

    @Test
    void filesThatAreHeldAreOneIncidentThatEndsWithTheLastDecision() throws Exception {
        try (World world = new World()) {
            for (int i = 0; i < 5; i++) {
                world.upload("looked-at/" + i + ".csv", "a,b\n1,2\n".getBytes(StandardCharsets.UTF_8));
                world.run();
            }
            List<Job> held = world.jobs().stream()
                    .filter(job -> job.state() == JobState.HELD)
                    .toList();
            assertThat(held).hasSize(4);
            assertThat(open(world)).hasSize(1);
            for (Job job : held) {
                assertThat(open(world)).hasSize(1);
                world.holds().decide(job.id(), Action.RELEASE, "ops-7");
                world.run();
            }
            assertThat(open(world)).isEmpty();
        }
    }

    @Test
    void whileThePagerIsOutOfReachNothingIsLostAndOneIncidentIsLeft() throws Exception {
        try (World world = new World()) {
            Answer[] down = new Answer[60];
            Arrays.fill(down, Answer.of(503));
            world.pager.then(down);
            for (int i = 0; i < 20; i++) {
                world.upload("daily/" + i + ".zip", BROKEN);
            }
            world.run();
            sweep(world, 60);
            assertThat(world.keys("tasks/")).isEmpty();
            assertThat(world.jobs()).allMatch(Job::settled);
            assertThat(count(pages(world).getLast())).isEqualTo("20");
            assertThat(pages(world).stream()
                            .map(page -> page.path("dedup_key").asText())
                            .collect(Collectors.toSet()))
                    .hasSize(1);
        }
    }

    @Test
    void aFunctionThatDiesAgainAndAgainIsOneIncidentThatEndsWhenItDoesNot() throws Exception {
        try (World world = new World()) {
            for (int i = 0; i < 9; i++) {
                String key = "aws/lambda/async/intake-prod-unzip/2026/03/04/%d.json".formatted(i);
                String record = """
                        {"requestContext":{"requestId":"r-%d","condition":"RetriesExhausted","approximateInvokeCount":3,
                         "functionArn":"arn:aws:lambda:us-east-1:1:function:intake-prod-unzip:$LATEST"}}
                        """.formatted(i);
                world.watched().put(PutRequest.of(key, Content.of(record.getBytes(StandardCharsets.UTF_8)), Json.TYPE));
            }
            world.run();
            assertThat(open(world)).hasSize(1);
            assertThat(pages(world)).hasSize(4);
            sweep(world, 4);
            assertThat(count(pages(world).getLast())).isEqualTo("9");
            sweep(world, 20);
            assertThat(open(world)).isEmpty();
        }
    }

    @Test
    void aFileThatGetsNowhereForHoursIsToldOfUntilItGoesOn() throws Exception {
        try (World world = new World()) {
            world.upload("daily/1.zip", GOOD);
            world.deliver(world.events.remove());
            for (int i = 0; i < 100; i++) {
                world.events.clear();
                world.sweepLater();
                world.events.removeIf(event -> !event.key().startsWith(BucketLayout.TASKS + Stage.PAGE.id()));
                world.run();
            }
            assertThat(open(world)).singleElement().asString().startsWith("intake/stuck/st-marys/daily/");
            assertThat(pages(world)).hasSize(1);
            assertThat(pages(world).getFirst().toString()).contains("STUCK_JOB").doesNotContain("1.zip");
            world.clock.advance(Duration.ofHours(1));
            sweep(world, 2);
            assertThat(world.jobs()).extracting(Job::state).containsExactly(JobState.DELIVERED);
            assertThat(open(world)).isEmpty();
        }
    }

    @Test
    void uploadsThatAreNotGoneOnWithAreToldOfUntilTheyAreGone() throws Exception {
        try (World world = new World()) {
            String record = BucketLayout.parkedPrefix("st-marys", "00aa") + "11.json";
            world.bucket.put(PutRequest.of(record, Content.of(new byte[1]), Json.TYPE));
            sweep(world, 1);
            assertThat(open(world)).isEmpty();
            world.clock.advance(Duration.ofDays(2));
            sweep(world, 3);
            assertThat(open(world)).singleElement().asString().startsWith("intake/parked/st-marys/");
            assertThat(pages(world))
                    .singleElement()
                    .satisfies(page -> assertThat(
                                    page.at("/payload/custom_details/code").asText())
                            .isEqualTo("PARKED_UPLOADS"));
            world.clock.advance(Duration.ofDays(1));
            sweep(world, 3);
            assertThat(pages(world)).hasSize(1);
            world.bucket.delete(record);
            sweep(world, 2);
            assertThat(open(world)).isEmpty();
        }
    }

    @Test
    void theSweepLeavesAHeartbeat() {
        try (World world = new World()) {
            world.sweepLater();
            assertThat(world.text(BucketLayout.HEARTBEAT))
                    .contains(world.clock.instant().toString());
        }
    }
}
