package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A day's archives within a month's archive are delivered whole or not at all; and one that holds itself must not be opened
 * until the money is gone.
 */
class NestedPipelineTest {
    private static final String FEEDS = """
                      - id: nested
                        match: 'nested/.*'
                        container: { limits: { entries: 40, bytes: 96 MiB, ratio: 1100, nesting: 2 } }
                        deliver: { engine: lab, batch: 3 }
                      - id: tables
                        match: 'tables/.*'
                        container: { limits: { nesting: 1 } }
                        tables:
                          p: { match: '(.*/)?p(?<n>\\d+)\\.csv', parts: { order: n } }
                        deliver: { engine: lab, batch: 3 }
                      - id: scans
                        match: 'scans/.*'
                        container: { limits: { nesting: 1 } }
                        deliver: { engine: lab, as: members, content-type: application/pdf }
                      - id: months
                        match: 'months/(?<month>\\d+)_.*'
                        container: { limits: { nesting: 1 } }
                        collect: { by: [month], count: 2, within: 1h }
                        tables: { p: { match: '(.*/)?p\\d+\\.csv' } }
                        deliver: { engine: lab, batch: 3 }
                """;

    private static Job only(World world) {
        List<Job> jobs = world.jobs();
        assertThat(jobs).hasSize(1);
        return jobs.getFirst();
    }

    private static String code(Job job) {
        Failure failure = job.failure();
        return failure == null ? "" : failure.code();
    }

    private static Map<String, Integer> rows(World world) throws Exception {
        Map<String, Integer> rows = new TreeMap<>();
        world.delivered().forEach((table, records) -> rows.put(table, records.size()));
        return rows;
    }

    private static final Map<String, Integer> MIXED = Map.of("a", 1, "b", 1, "c", 1, "d", 2, "e", 1, "f", 1);

    @Test
    void archivesWithinArchivesAreOpenedToTheDepthThatTheFeedAllows() throws Exception {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("nested/all.zip", NestedFiles.mixed());
            world.run();

            Job job = only(world);
            assertThat(job.state()).as("%s", job.failure()).isEqualTo(JobState.DELIVERED);
            assertThat(rows(world)).isEqualTo(MIXED);
            assertThat(job.counts())
                    .containsEntry("entries", 6L)
                    .containsEntry("ignored", 1L)
                    .containsEntry("rows", 7L);
            assertThat(world.keys("tasks/")).isEmpty();
            assertThat(world.bucket.listUploads("jobs/", null).uploads()).isEmpty();
        }
    }

    @Test
    void aTarAndAWrappedZipAreOpenedToo() throws Exception {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("nested/all.tar", NestedFiles.tar(NestedFiles.files("x.zip", NestedFiles.mixed())));
            world.upload(
                    "nested/all.zip.gz",
                    NestedFiles.gzip(NestedFiles.zip(NestedFiles.files(
                            "y.zip", NestedFiles.zip(NestedFiles.files("z.csv", NestedFiles.csv(9)))))));
            world.run();

            assertThat(world.jobs())
                    .extracting(NestedPipelineTest::code)
                    .containsExactlyInAnyOrder("NESTED_TOO_DEEP", "");
            assertThat(rows(world)).isEqualTo(Map.of("z", 1));
        }
    }

    @Test
    void partsOfOneTableAreFoundInArchivesOfTheirOwn() throws Exception {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload(
                    "tables/all.zip",
                    NestedFiles.zip(NestedFiles.files(
                            "1/p1.zip",
                            NestedFiles.zip(NestedFiles.files("p1.csv", NestedFiles.csv(1))),
                            "2/p2.tgz",
                            NestedFiles.gzip(NestedFiles.tar(NestedFiles.files("p2.csv", NestedFiles.csv(2)))))));
            world.run();

            assertThat(only(world).state()).isEqualTo(JobState.DELIVERED);
            assertThat(rows(world)).isEqualTo(Map.of("p", 2));
        }
    }

    @Test
    void eachFileOfEachArchiveIsDeliveredAsItIs() {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload(
                    "scans/all.zip",
                    NestedFiles.zip(NestedFiles.files(
                            "a.pdf",
                            NestedFiles.csv(1),
                            "b.zip",
                            NestedFiles.zip(
                                    NestedFiles.files("a.pdf", NestedFiles.csv(2), "c.pdf", NestedFiles.csv(3))))));
            world.run();

            assertThat(only(world).state()).isEqualTo(JobState.DELIVERED);
            assertThat(world.engine.received()).hasSize(3);
        }
    }

    @Test
    void aSetIsMadeOfFilesWithArchivesWithin() throws Exception {
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload(
                    "months/01_a.zip",
                    NestedFiles.zip(NestedFiles.files(
                            "x.zip", NestedFiles.zip(NestedFiles.files("p1.csv", NestedFiles.csv(1))))));
            world.upload("months/01_b.zip", NestedFiles.zip(NestedFiles.files("p2.csv", NestedFiles.csv(2, 3))));
            world.run();

            assertThat(world.jobs()).extracting(Job::state).containsOnly(JobState.DELIVERED);
            assertThat(rows(world)).isEqualTo(Map.of("p", 3));
        }
    }

    /** As the archives that hold themselves do, without end. */
    @Test
    void anArchiveDeeperThanAllowedIsRefusedAndNotOpened() {
        byte[] matryoshka = NestedFiles.zip(NestedFiles.files("r.csv", NestedFiles.csv(1)));
        for (int depth = 0; depth < 12; depth++) {
            matryoshka = NestedFiles.zip(NestedFiles.files("r/r.zip", matryoshka));
        }
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("nested/r.zip", matryoshka);
            world.run();

            assertThat(code(only(world))).isEqualTo("NESTED_TOO_DEEP");
            assertThat(world.keys("jobs/" + only(world).id() + "/nested/"))
                    .noneMatch(key -> key.contains("/nested/3/"));
            assertThat(world.engine.received()).isEmpty();
            assertThat(world.keys("tasks/")).isEmpty();
        }
    }

    @Test
    void entriesAreCountedOverAllArchives() {
        Map<String, byte[]> outer = new LinkedHashMap<>();
        for (int i = 0; i < 5; i++) {
            Map<String, byte[]> inner = new LinkedHashMap<>();
            for (int j = 0; j < 9; j++) {
                inner.put("f" + i + j + ".csv", NestedFiles.csv(j));
            }
            outer.put(i + ".zip", NestedFiles.zip(inner));
        }
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("nested/many.zip", NestedFiles.zip(outer));
            world.run();

            assertThat(code(only(world))).isEqualTo("TOO_MANY_ENTRIES");
            assertThat(world.engine.received()).isEmpty();
        }
    }

    @Test
    void bytesAreCountedOverAllArchivesAndNothingIsExtractedBeyondThem() {
        Map<String, byte[]> outer = new LinkedHashMap<>();
        byte[] random = new byte[64 << 10];
        new Random(1).nextBytes(random);
        byte[] large = new byte[30 << 20];
        System.arraycopy(random, 0, large, 0, random.length);
        byte[] inner = NestedFiles.zip(NestedFiles.files("large.csv", large));
        for (int i = 0; i < 12; i++) {
            outer.put(i + ".zip", inner);
        }
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload("nested/many.zip", NestedFiles.zip(outer));
            world.run();

            assertThat(code(only(world))).isEqualTo("TOO_LARGE");
            assertThat(world.keys("jobs/" + only(world).id() + "/nested/").stream()
                            .filter(key -> key.contains("/entries/") && !key.contains("/nested/0/"))
                            .count())
                    .isLessThanOrEqualTo(4);
        }
    }

    @Test
    void whatGrowsInEachOfTwoLevelsIsABomb() {
        byte[] zeros = new byte[70 << 20];
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload(
                    "nested/bomb.zip",
                    NestedFiles.zip(NestedFiles.files(
                            "b.zip",
                            NestedFiles.zip(NestedFiles.files(
                                    "z.zip", NestedFiles.zip(NestedFiles.files("zeros.csv", zeros)))))));
            world.run();

            assertThat(code(only(world))).isEqualTo("SUSPICIOUS_RATIO");
        }
    }

    @Test
    void theSenderIsToldInWhichArchiveSomethingIsWrong() throws Exception {
        byte[] damaged = NestedFiles.zip(NestedFiles.files("p1.csv", NestedFiles.csv(1)));
        damaged[40] ^= 0x55;
        try (World world = new World(Map.of(), FEEDS)) {
            world.upload(
                    "tables/all.zip",
                    NestedFiles.zip(NestedFiles.files("p2.csv", NestedFiles.csv(2), "b.zip", damaged)));
            world.run();

            assertThat(world.receipt("tables/all.zip", "rejected")
                            .path("problem")
                            .asText())
                    .startsWith("In the archive that is entry 2 of the archive: ");
            assertThat(world.engine.received()).isEmpty();
        }
    }

    @Test
    void aProcessThatEndsAtAnyCallLosesAndDoublesNothing() throws Exception {
        boolean hit = true;
        for (int kill = 1; hit; kill += 3) {
            try (World world = new World(Map.of(), FEEDS)) {
                world.upload("nested/all.zip", NestedFiles.mixed());
                hit = KilledRun.run(world, kill, kill % 2 == 0);
                assertThat(only(world).state())
                        .as("killed at call %d: %s", kill, only(world).failure())
                        .isEqualTo(JobState.DELIVERED);
                assertThat(rows(world)).as("killed at call %d", kill).isEqualTo(MIXED);
                assertThat(world.keys("tasks/")).isEmpty();
            }
        }
    }
}
