package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A bad row that is delivered is a wrong result in a chart; a good one that is dropped beside it is a lost one; a rejected
 * one that nobody is told of is lost too.
 */
class QualityPipelineTest {
    private static final String NAME = "checked/Müller_Anna.zip";

    private static final byte[] SOME_BAD = Zips.of(Map.of(
            "a/patients_1.csv", "MRN,DOB\n1,1970-01-01\n2,1970-13-01\n,\n",
            "a/patients_2.csv", "DOB,MRN\n,4\n2000-02-29,5,9\n2001-02-29,x\n,6\n,7\n",
            "visits.csv", "ID,PATIENT\n10,1\n"));

    private static final String REJECTS = "{\"table\":\"patients\",\"file\":1,\"name\":\"a/patients_1.csv\",\"row\":2,"
            + "\"problems\":[{\"column\":\"DOB\",\"code\":\"NOT_A_DATE\"}],"
            + "\"values\":{\"MRN\":\"2\",\"DOB\":\"1970-13-01\"}}\n"
            + "{\"table\":\"patients\",\"file\":1,\"name\":\"a/patients_1.csv\",\"row\":3,"
            + "\"problems\":[{\"column\":\"MRN\",\"code\":\"BLANK\"}],"
            + "\"values\":{\"MRN\":\"\",\"DOB\":\"\"}}\n"
            + "{\"table\":\"patients\",\"file\":2,\"name\":\"a/patients_2.csv\",\"row\":2,"
            + "\"problems\":[{\"code\":\"RAGGED_ROW\"}],"
            + "\"values\":[\"2000-02-29\",\"5\",\"9\"]}\n"
            + "{\"table\":\"patients\",\"file\":2,\"name\":\"a/patients_2.csv\",\"row\":3,"
            + "\"problems\":[{\"column\":\"MRN\",\"code\":\"NOT_AN_INTEGER\"},"
            + "{\"column\":\"DOB\",\"code\":\"NOT_A_DATE\"}],"
            + "\"values\":{\"DOB\":\"2001-02-29\",\"MRN\":\"x\"}}\n";

    private static void assertDelivered(World world, String when) throws Exception {
        assertThat(world.jobs()).as(when).hasSize(1);
        Job job = world.jobs().getFirst();
        assertThat(job.state()).as("%s: %s", when, job.failure()).isEqualTo(JobState.DELIVERED);
        assertThat(job.counts())
                .as(when)
                .containsEntry("read", 9L)
                .containsEntry("rows", 5L)
                .containsEntry("rejected", 4L)
                .containsEntry("delivered", 5L);
        assertThat(world.delivered())
                .as(when)
                .isEqualTo(Map.of(
                        "patients",
                        List.of(
                                "{\"MRN\":\"1\",\"DOB\":\"1970-01-01\"}",
                                "{\"MRN\":\"4\",\"DOB\":\"\"}",
                                "{\"MRN\":\"6\",\"DOB\":\"\"}",
                                "{\"MRN\":\"7\",\"DOB\":\"\"}"),
                        "visits",
                        List.of("{\"ID\":\"10\",\"PATIENT\":\"1\"}")));
        String path = "/outbound/rejects/" + NAME + "." + job.id() + ".ndjson";
        assertThat(world.receipt(NAME, "delivered").path("rejects").asText())
                .as(when)
                .isEqualTo(path);
        assertThat(world.text("outbound/st-marys" + path.substring("/outbound".length())))
                .as(when)
                .isEqualTo(REJECTS);
        assertThat(world.keys("tasks/")).as(when).isEmpty();
        world.bucket.assertNoOpenUploads();
    }

    @Test
    void goodRowsAreDeliveredAndBadOnesAreTheirSendersToCorrect() throws Exception {
        try (World world = new World()) {
            world.upload(NAME, SOME_BAD);
            world.run();
            assertDelivered(world, "undisturbed");
            assertThat(world.pager.received()).isEmpty();
        }
    }

    @Test
    void aKillAroundAnyStoreCallNeitherLosesNorDoublesAGoodOrABadRow() throws Exception {
        int calls = KilledRun.callsOf(NAME, SOME_BAD);
        for (int kill = 1; kill <= calls; kill++) {
            boolean lost = kill % 2 == 0;
            try (World world = new World()) {
                world.upload(NAME, SOME_BAD);
                KilledRun.run(world, kill, lost);
                assertDelivered(world, "kill at call " + kill + ", event lost: " + lost);
            }
        }
    }

    @Test
    void moreBadRowsThanTheFeedAllowsRefuseTheFileWithTheListOfThem() throws Exception {
        byte[] mostBad = Zips.of(Map.of("patients.csv", "MRN,DOB\n1,\nGeheim,\ny,\n"));
        try (World world = new World()) {
            world.upload(NAME, mostBad);
            world.run();
            Job job = world.jobs().getFirst();
            assertThat(job.state()).isEqualTo(JobState.QUARANTINED);
            assertThat(String.valueOf(job.failure())).contains("TOO_MANY_REJECTS", "Of 3 rows 2 are not as agreed");
            assertThat(world.engine.received()).isEmpty();
            assertThat(world.receipt(NAME, "rejected").path("rejected").intValue())
                    .isEqualTo(2);
            assertThat(world.text("outbound/st-marys/rejects/" + NAME + "." + job.id() + ".ndjson"))
                    .contains("Geheim");
            assertThat(world.pager.received())
                    .singleElement()
                    .satisfies(page -> assertThat(page.body())
                            .contains("TOO_MANY_REJECTS")
                            .doesNotContain("Geheim", "Müller", "patients.csv"));
        }
    }

    @Test
    void whereNothingIsRejectedABadRowRefusesTheFileWithoutItsValue() throws Exception {
        try (World world = new World()) {
            world.upload(NAME, Zips.of(Map.of("visits.csv", "ID,PATIENT\n1,2\nGeheim\n", "patients.csv", "MRN,DOB\n")));
            world.run();
            Job job = world.jobs().getFirst();
            assertThat(job.state()).isEqualTo(JobState.QUARANTINED);
            assertThat(String.valueOf(job.failure())).contains("RAGGED_ROW").doesNotContain("Geheim");
        }
    }

    /** Names must differ: of two values under one, whoever reads the file keeps one. */
    @Test
    void whatTheFeedDropsIsNotAmongRejectedValuesEither() throws Exception {
        String feed = """
                      - id: narrow
                        match: 'narrow/.*'
                        tables:
                          patients:
                            match: '.*'
                            bad-rows: reject
                            extra-columns: drop
                            columns: [ { name: MRN, type: integer }, { name: SEX } ]
                        deliver: { engine: lab }
                """;
        try (World world = new World(Map.of(), feed)) {
            world.upload("narrow/a.csv", bytes("x1,MRN,x2,SEX\na,1,b,F\nc,two,d,M\n"));
            world.run();
            assertThat(world.delivered()).isEqualTo(Map.of("patients", List.of("{\"MRN\":\"1\",\"SEX\":\"F\"}")));
            assertThat(world.text(world.keys("outbound/st-marys/rejects/").getFirst()))
                    .endsWith("\"values\":{\"MRN\":\"two\",\"SEX\":\"M\"}}\n");
        }
    }

    @Test
    void aLongTableThatIsRefusedLeavesNoUploadBehind() {
        String rows = "1,2\n".repeat(3_000_000);
        try (World world = new World()) {
            world.upload("daily/long.zip", Zips.of(Map.of("visits.csv", "ID,PATIENT\n" + rows + "3\n")));
            world.run();
            assertThat(String.valueOf(world.jobs().getFirst().failure())).contains("RAGGED_ROW");
            world.bucket.assertNoOpenUploads();
        }
    }

    @Test
    void twoRowsWithOneKeyRefuseTheFile() throws Exception {
        try (World world = new World()) {
            world.upload("keyed/good.csv", bytes("MRN,SITE\n1,a\n2,a\n1,b\n,\n,\n"));
            world.upload("keyed/bad.csv", bytes("MRN,SITE\n1,a\n2,a\n1,a\n"));
            world.upload("keyed/empty.csv", bytes("MRN,SITE\n"));
            world.run();
            assertThat(world.receipt("keyed/good.csv", "delivered").path("rows").intValue())
                    .isEqualTo(5);
            assertThat(world.receipt("keyed/bad.csv", "rejected").path("code").asText())
                    .isEqualTo("DUPLICATE_KEY");
            assertThat(world.receipt("keyed/empty.csv", "rejected").path("code").asText())
                    .isEqualTo("EMPTY_TABLE");
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
}
