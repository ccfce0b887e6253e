package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.HttpScript.Answer;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.task.LateSaves;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/**
 * From an upload to the engine, with the process killed before and after every store call of every stage, events doubled,
 * lost and out of order: each row must be at the engine once by its key, or the file refused and two people told.
 */
class PipelineTest {
    private static final String NAME = "daily/Müller_Anna_19700101.zip";

    private static byte[] zip(Map<String, String> files) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, String> file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] export() {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("patients.csv", "MRN,NAME\n1,\"O'Hara, Zoë\"\n2,\"two\nlines\"\n3,c\n4,d\n5,e\n");
        files.put("__MACOSX/._patients.csv", "\0\1\2");
        files.put("encounters.csv", "ID,MRN\r\n10,1\r\n11,2\r\n");
        files.put("notes.csv", "ID,TEXT\n");
        return zip(files);
    }

    private static void assertDelivered(World world, String when) throws Exception {
        assertThat(world.jobs()).as(when).singleElement().satisfies(job -> {
            assertThat(job.state()).as(when).isEqualTo(JobState.DELIVERED);
            assertThat(job.settled()).as(when).isTrue();
            assertThat(job.counts()).as(when).containsEntry("rows", 7L).containsEntry("delivered", 7L);
        });
        Map<String, List<String>> delivered = world.delivered();
        assertThat(delivered.get("patients"))
                .as(when)
                .hasSize(5)
                .doesNotHaveDuplicates()
                .contains("{\"MRN\":\"1\",\"NAME\":\"O'Hara, Zoë\"}", "{\"MRN\":\"2\",\"NAME\":\"two\\nlines\"}");
        assertThat(delivered.get("encounters"))
                .as(when)
                .containsExactly("{\"ID\":\"10\",\"MRN\":\"1\"}", "{\"ID\":\"11\",\"MRN\":\"2\"}");
        assertThat(delivered).as(when).hasSize(2);
        assertThat(world.keys("tasks/")).as(when).isEmpty();
        assertThat(world.keys("outbound/"))
                .as(when)
                .containsExactly(
                        "outbound/st-marys/receipts/" + NAME + ".delivered.json",
                        "outbound/st-marys/receipts/" + NAME + ".delivered.txt",
                        "outbound/st-marys/receipts/" + NAME + ".received.json",
                        "outbound/st-marys/receipts/" + NAME + ".received.txt");
    }

    @Test
    void anUploadGoesAllTheWayAndTheHospitalIsTold() throws Exception {
        try (World world = new World()) {
            world.upload(NAME, export());
            world.run();
            assertDelivered(world, "undisturbed");
            assertThat(world.pager.received()).isEmpty();
            String receipt = new String(
                    world.bucket.snapshot().get("outbound/st-marys/receipts/" + NAME + ".delivered.json"),
                    StandardCharsets.UTF_8);
            assertThat(receipt).contains("\"file\" : \"/inbound/" + NAME + "\"").contains("\"patients\" : 5");
        }
    }

    @Test
    void aKillAroundAnyStoreCallOfAnyStageChangesNothingForTheEngine() throws Exception {
        int calls = KilledRun.callsOf(NAME, export());
        assertThat(calls).isGreaterThan(60);
        for (int kill = 1; kill <= calls; kill++) {
            for (boolean lost : new boolean[] {false, true}) {
                try (World world = new World()) {
                    world.upload(NAME, export());
                    KilledRun.run(world, kill, lost);
                    assertDelivered(world, "kill at call " + kill + (lost ? ", event lost" : ", event tried again"));
                }
            }
        }
    }

    /** A batch was taken, and the next one with it, before either was saved. */
    @Test
    void aKillWhileTheNextBatchIsUnderWayChangesNothingForTheEngine() throws Exception {
        for (int kill = 1; ; kill++) {
            try (World world = new World()) {
                world.saves = LateSaves.LATE;
                world.restart();
                world.upload(NAME, export());
                boolean hit = KilledRun.run(world, kill, false);
                assertDelivered(world, "kill at call " + kill);
                if (!hit) {
                    assertThat(kill).isGreaterThan(60);
                    return;
                }
            }
        }
    }

    @Test
    void aKillAroundAnyStoreCallWhileRefusingAFileStillTellsBoth() {
        byte[] bad = zip(Map.of("patients.csv", "MRN,NAME\n1,a\n2\n"));
        int calls = KilledRun.callsOf(NAME, bad);
        for (int kill = 1; kill <= calls; kill++) {
            for (boolean lost : new boolean[] {false, true}) {
                try (World world = new World()) {
                    world.upload(NAME, bad);
                    KilledRun.run(world, kill, lost);
                    assertRefused(world, "RAGGED_ROW", "kill at call " + kill + ", lost " + lost);
                }
            }
        }
    }

    private static void assertRefused(World world, String code, String when) {
        assertThat(world.jobs()).as(when).singleElement().satisfies(job -> {
            assertThat(job.state()).as(when).isEqualTo(JobState.QUARANTINED);
            assertThat(job.settled()).as(when).isTrue();
            assertThat(String.valueOf(job.failure())).as(when).contains(code);
        });
        assertThat(world.engine.received()).as(when).isEmpty();
        assertThat(world.keys("inbound/")).as(when).hasSize(1);
        assertThat(world.keys("outbound/")).as(when).contains("outbound/st-marys/receipts/" + NAME + ".rejected.json");
        assertThat(world.keys("tasks/")).as(when).isEmpty();
        assertThat(world.pager.received())
                .as(when)
                .isNotEmpty()
                .allSatisfy(page -> assertThat(page.body())
                        .contains(code)
                        .doesNotContain("ller_Anna")
                        .doesNotContain("19700101")
                        .doesNotContain(".zip"));
    }

    @Test
    void badFilesAreKeptReceiptedAndPagedWithoutTheirNames() {
        Map<String, byte[]> bad = Map.of(
                "NOT_AN_ARCHIVE", "this is no zip file, only text".getBytes(StandardCharsets.UTF_8),
                "RAGGED_ROW", zip(Map.of("a.csv", "X,Y\n1,2\n1,2,3\n")),
                "UNKNOWN_MEMBER", zip(Map.of("a.csv", "X\n1\n", "scan.pdf", "%PDF")),
                "MALFORMED_QUOTES", zip(Map.of("a.csv", "X,Y\n1,\"never closed\n")));
        bad.forEach((code, content) -> {
            try (World world = new World()) {
                world.upload(NAME, content);
                world.run();
                assertRefused(world, code, code);
            }
        });
    }

    @Test
    void aFileThatNoFeedTakesIsReceiptedAndPaged() {
        try (World world = new World()) {
            world.upload("Müller_Anna.txt", new byte[] {1});
            world.run();
            assertThat(world.jobs()).singleElement().extracting(Job::state).isEqualTo(JobState.UNMATCHED);
            assertThat(world.keys("outbound/")).hasSize(2);
            assertThat(world.pager.received())
                    .hasSize(1)
                    .allSatisfy(page ->
                            assertThat(page.body()).contains("UNMATCHED").doesNotContain("Anna"));
        }
    }

    @Test
    void whileTheEngineIsDownFilesWaitWithOnePageAndGoOnWhenItIsBack() throws Exception {
        try (World world = new World()) {
            Answer down = Answer.of(503);
            for (int i = 0; i < 30; i++) {
                world.engine.then(down);
            }
            world.upload(NAME, export());
            world.run();
            assertThat(world.jobs()).singleElement().extracting(Job::state).isEqualTo(JobState.WAITING);
            assertThat(world.keys("outbound/")).anyMatch(key -> key.endsWith(".delayed.json"));
            for (int hours = 0; hours < 40; hours++) {
                world.clock.advance(Duration.ofHours(1));
                world.sweepLater();
                world.run();
            }
            assertThat(world.jobs()).singleElement().extracting(Job::state).isEqualTo(JobState.DELIVERED);
            assertThat(world.pager.received()).hasSize(2);
            assertThat(world.pager.received().get(0).body())
                    .contains("\"trigger\"")
                    .contains("intake/engine/lab")
                    .contains("HTTP_503")
                    .doesNotContain("Anna");
            assertThat(world.pager.received().get(1).body())
                    .contains("\"resolve\"")
                    .contains("intake/engine/lab");
            assertThat(world.delivered().get("patients")).hasSize(5);
        }
    }

    @Test
    void pagesThatCannotBeSentStayInTheOutboxUntilTheyCan() {
        try (World world = new World()) {
            Answer down = Answer.of(500);
            world.pager.then(down, down, down, down);
            world.upload(NAME, new byte[] {1, 2, 3});
            world.run();
            assertThat(world.keys("tasks/page/")).hasSize(1);
            world.sweepLater();
            world.run();
            assertThat(world.keys("tasks/page/")).isEmpty();
            assertThat(world.jobs()).singleElement().extracting(Job::state).isEqualTo(JobState.QUARANTINED);
        }
    }

    @Test
    void aPageThatAnEngineIsDownIsNotSentAnyMoreWhenItIsUp() throws Exception {
        try (World world = new World()) {
            Answer down = Answer.of(503);
            world.engine.then(down, down, down);
            world.pager.then(Answer.of(500), Answer.of(500), Answer.of(500), Answer.of(500));
            world.upload(NAME, export());
            world.run();
            // It is not down for long enough
            assertThat(world.keys("tasks/page/")).isEmpty();
            for (int sweep = 0; sweep < 4; sweep++) {
                world.clock.advance(Duration.ofMinutes(5));
                world.sweepLater();
                List<World.Event> pagesLast = new ArrayList<>(world.events);
                pagesLast.sort(
                        java.util.Comparator.comparing(event -> event.key().contains("/page/")));
                world.events.clear();
                world.events.addAll(pagesLast);
                world.run();
            }
            assertThat(world.jobs()).singleElement().extracting(Job::state).isEqualTo(JobState.DELIVERED);
            assertThat(world.keys("tasks/")).isEmpty();
            assertThat(world.pager.received().getLast().body()).contains("\"resolve\"");
        }
    }

    @Test
    void anIncidentIsEndedAlsoWhenTheProcessDiesRightAfterTheJobHasGoneOn() throws Exception {
        for (int kill = 1; kill < 40; kill++) {
            try (World world = new World()) {
                Answer down = Answer.of(503);
                world.engine.then(down, down, down);
                world.upload(NAME, export());
                world.run();
                world.clock.advance(Duration.ofMinutes(20));
                world.sweepLater();
                KilledRun.run(world, kill, true);
                for (int sweep = 0; sweep < 4; sweep++) {
                    world.sweepLater();
                    world.run();
                }
                assertThat(world.jobs())
                        .as("kill %d", kill)
                        .singleElement()
                        .extracting(Job::state)
                        .isEqualTo(JobState.DELIVERED);
                assertThat(world.pager.received().getLast().body())
                        .as("kill %d", kill)
                        .contains("\"resolve\"");
            }
        }
    }

    @Test
    void doubledReorderedAndLostEventsComeToTheSame() throws Exception {
        for (long seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            try (World world = new World()) {
                world.upload(NAME, export());
                List<World.Event> old = new ArrayList<>();
                for (int turn = 0; turn < 400 && !(world.events.isEmpty() && turn > 50); turn++) {
                    shuffle(world, random, old);
                    if (world.events.isEmpty()) {
                        world.sweepLater();
                    } else {
                        world.deliver(world.events.remove());
                    }
                }
                world.run();
                for (int sweep = 0; sweep < 6; sweep++) {
                    world.sweepLater();
                    world.run();
                }
                assertDelivered(world, "seed " + seed);
            }
        }
    }

    /** Loses one event in eight, doubles one in four, replays an old one in eight, and puts them in another order. */
    private static void shuffle(World world, Random random, List<World.Event> old) {
        List<World.Event> waiting = new ArrayList<>(world.events);
        world.events.clear();
        List<World.Event> next = new ArrayList<>();
        for (World.Event event : waiting) {
            old.add(event);
            if (random.nextInt(8) > 0) {
                next.add(event);
            }
            if (random.nextInt(4) == 0 && next.size() < 50) {
                next.add(event);
            }
        }
        if (random.nextInt(8) == 0 && !old.isEmpty()) {
            next.add(old.get(random.nextInt(old.size())));
        }
        Collections.shuffle(next, random);
        world.events.addAll(next);
    }
}
