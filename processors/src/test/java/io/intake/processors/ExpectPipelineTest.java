package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.BucketLayout;
import io.intake.processors.HttpScript.Answer;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.store.Content;
import io.intake.store.PutRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A file that does not come raises no event: only the schedule knows, and only people can ask the hospital for it. */
class ExpectPipelineTest {
    // The world begins on Wednesday, 4 March 2026, at 05:06 UTC, 23:06 of the day before in Chicago
    private static final String FEEDS = """

                  - id: nightly
                    match: 'nightly/.*\\.csv'
                    deliver: { engine: lab, batch: 3 }
                    expect: { days: mon-fri, by: "06:30", zone: America/Chicago, grace: 1h, min-bytes: 4 B }
            """;
    private static final byte[] FILE = "A,B\n1,2\n".getBytes(StandardCharsets.UTF_8);

    private static World world() {
        return new World(Map.of(), FEEDS);
    }

    private static void until(World world, String instant) {
        Instant end = Instant.parse(instant);
        while (world.clock.instant().isBefore(end)) {
            world.sweepLater();
            world.run();
        }
    }

    private static List<String> pages(World world) throws Exception {
        List<String> pages = new ArrayList<>();
        for (HttpScript.Received request : world.pager.received()) {
            JsonNode page = Json.mapper().readTree(request.body());
            pages.add(page.path("event_action").asText()
                    + " "
                    + page.path("dedup_key").asText().replaceAll(".*/", "")
                    + page.path("payload").path("severity").asText().replaceAll("^(.+)$", " $1"));
        }
        return pages;
    }

    /** So that the first slot that counts is that of the next day. */
    private static void aDayGoesBy(World world) {
        until(world, "2026-03-04T12:00:00Z");
        world.upload("nightly/1.csv", FILE);
        world.run();
    }

    @Test
    void aLateFileIsWarnedOfPagedAndResolvedWhenItArrives() throws Exception {
        try (World world = world()) {
            aDayGoesBy(world);
            until(world, "2026-03-05T12:20:00Z");
            assertThat(pages(world)).isEmpty();
            until(world, "2026-03-05T12:40:00Z");
            assertThat(pages(world)).containsExactly("trigger due warning");
            until(world, "2026-03-05T13:40:00Z");
            assertThat(pages(world)).containsExactly("trigger due warning", "trigger late error", "resolve due info");
            world.upload("nightly/2.csv", FILE);
            world.run();
            assertThat(pages(world)).hasSize(4).last().isEqualTo("resolve late info");
            until(world, "2026-03-06T12:20:00Z");
            assertThat(pages(world)).hasSize(4);
            assertThat(world.pager.received().toString()).doesNotContain("csv");
        }
    }

    @Test
    void aFileThatIsSentAgainSaysNothingAboutTodaysAndDaysOfSilenceAreOneIncident() throws Exception {
        try (World world = world()) {
            aDayGoesBy(world);
            until(world, "2026-03-06T12:00:00Z");
            assertThat(pages(world))
                    .containsExactly(
                            "trigger due warning", "trigger late error", "resolve due info", "trigger late error");
            assertThat(world.pager.received().getLast().body()).contains("FILE_MISSING");
        }
    }

    @Test
    void aSweepThatDidNotRunForDaysPagesOnce() throws Exception {
        try (World world = world()) {
            aDayGoesBy(world);
            until(world, "2026-03-05T00:00:00Z");
            world.clock.advance(Duration.ofDays(6));
            world.sweepLater();
            world.run();
            assertThat(pages(world)).containsExactly("trigger late error");
        }
    }

    @Test
    void aPageThatCouldNotBeSentBeforeTheFileCameIsNotSentAfterIt() throws Exception {
        try (World world = world()) {
            aDayGoesBy(world);
            until(world, "2026-03-05T12:20:00Z");
            Answer[] down = new Answer[12];
            java.util.Arrays.fill(down, Answer.of(503));
            world.pager.then(down);
            until(world, "2026-03-05T12:40:00Z");
            world.upload("nightly/2.csv", FILE);
            world.run();
            until(world, "2026-03-06T10:00:00Z");
            assertThat(world.keys("tasks/")).isEmpty();
            assertThat(pages(world)).last().isEqualTo("resolve due info");
        }
    }

    @Test
    void anEmptyFileIsToldOfUntilOneComesThatIsNot() throws Exception {
        try (World world = world()) {
            until(world, "2026-03-04T12:00:00Z");
            world.upload("nightly/1.csv", "A,B\n".getBytes(StandardCharsets.UTF_8));
            world.run();
            assertThat(world.jobs()).extracting(Job::state).containsExactly(JobState.DELIVERED);
            assertThat(pages(world)).containsExactly("trigger empty warning");
            assertThat(world.pager.received().getLast().body()).contains("FILE_EMPTY");
            world.upload("nightly/2.csv", FILE);
            world.run();
            assertThat(pages(world)).containsExactly("trigger empty warning", "resolve empty info");
        }
    }

    @Test
    void aKillAroundAnyStoreCallOfTheSweepLosesNoPage() throws Exception {
        boolean killed = true;
        for (int kill = 1; killed; kill++) {
            try (World world = world()) {
                aDayGoesBy(world);
                world.clock.advance(Duration.between(world.clock.instant(), Instant.parse("2026-03-05T13:31:00Z")));
                int[] calls = new int[1];
                int at = kill;
                world.aroundEachCall(call -> {
                    if (++calls[0] == at) {
                        throw new IllegalStateException("killed");
                    }
                });
                killed = false;
                try {
                    world.sweepLater();
                } catch (IllegalStateException dead) {
                    killed = true;
                }
                world.restart();
                world.sweepLater();
                world.run();
                assertThat(pages(world)).as("kill at %d", kill).contains("trigger late error");
                world.upload("nightly/2.csv", FILE);
                world.run();
                until(world, "2026-03-05T15:00:00Z");
                assertThat(pages(world)).as("kill at %d", kill).last().isEqualTo("resolve late info");
            }
        }
    }

    private static void mode(World world, String mode) {
        String yaml = world.text(BucketLayout.PARTNERS);
        String feed = "      - id: daily\n";
        String changed = yaml.contains(feed + "        mode")
                ? yaml.replaceFirst(feed + "        mode: [a-z]+\n", feed + "        mode: " + mode + "\n")
                : yaml.replace(feed, feed + "        mode: " + mode + "\n");
        world.bucket.put(PutRequest.of(
                BucketLayout.PARTNERS, Content.of(changed.getBytes(StandardCharsets.UTF_8)), "application/yaml"));
        world.clock.advance(Duration.ofMinutes(1));
    }

    @Test
    void filesOfAFeedThatIsPausedWaitAndGoOnByThemselvesInTheirOrder() throws Exception {
        try (World world = world()) {
            mode(world, "paused");
            for (int i = 0; i < 3; i++) {
                world.upload("daily/" + i + ".zip", SimulatedHospital.zip(Map.of("t.csv", "N\n" + i + "\n")));
                world.clock.advance(Duration.ofSeconds(5));
            }
            world.run();
            assertThat(world.jobs()).hasSize(3).extracting(Job::state).containsOnly(JobState.HELD);
            assertThat(world.keys("outbound/st-marys/receipts/daily/0.zip.received"))
                    .isNotEmpty();
            world.sweepLater();
            world.run();
            assertThat(world.engine.received()).isEmpty();
            assertThat(world.pager.received()).isEmpty();

            mode(world, "live");
            world.sweepLater();
            world.run();
            assertThat(world.jobs()).extracting(Job::state).containsOnly(JobState.DELIVERED);
            assertThat(world.delivered().get("t")).containsExactly("{\"N\":\"0\"}", "{\"N\":\"1\"}", "{\"N\":\"2\"}");
            assertThat(world.keys(BucketLayout.PAUSED)).isEmpty();
            assertThat(world.pager.received()).isEmpty();
        }
    }

    @Test
    void aKillAroundAnyStoreCallLeavesNoFileOfAPausedFeedBehind() throws Exception {
        boolean killed = true;
        for (int kill = 1; killed; kill++) {
            try (World world = world()) {
                mode(world, "paused");
                world.upload("daily/0.zip", SimulatedHospital.zip(Map.of("t.csv", "N\n1\n")));
                killed = KilledRun.run(world, kill, kill % 2 == 0);
                assertThat(world.engine.received()).as("kill at %d", kill).isEmpty();
                mode(world, "live");
                killed |= KilledRun.run(world, kill, kill % 2 == 0);
                world.sweepLater();
                world.run();
                assertThat(world.jobs())
                        .as("kill at %d", kill)
                        .extracting(Job::state)
                        .containsOnly(JobState.DELIVERED);
            }
        }
    }

    @Test
    void whatIsSentOfAFeedThatIsATestSaysSoAndWakesNobody() throws Exception {
        try (World world = world()) {
            mode(world, "test");
            world.upload("daily/0.zip", SimulatedHospital.zip(Map.of("t.csv", "N\n1\n")));
            world.upload("daily/1.zip", "no zip".getBytes(StandardCharsets.UTF_8));
            world.run();
            assertThat(world.engine.received())
                    .singleElement()
                    .satisfies(request -> assertThat(request.headers()).containsEntry("intake-mode", "test"));
            assertThat(world.pager.received())
                    .singleElement()
                    .satisfies(page -> assertThat(page.body()).contains("\"severity\":\"info\""));
        }
    }
}
