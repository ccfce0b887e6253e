package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.job.JobState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/**
 * From an upload to nested records at the engine, with the process killed before and after every store call of every stage:
 * each record must be there once, or the file refused and two people told.
 */
class JoinPipelineTest {
    private static final String NAME = "joined/Müller_Anna_19700101.zip";

    private static byte[] export(String results) {
        Map<String, String> files = new TreeMap<>(Map.of(
                "patients.csv", "mrn,NAME\n1,a\n2,b\n",
                "visits.csv", "ID,PATIENT\n10,2\n11,9\n12,2\n13,\n",
                "results.csv", results));
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

    private static final byte[] GOOD = export("VISIT,VALUE\n12,x\n11,y\n12,z\n");

    private static void assertDelivered(World world, String when) throws Exception {
        assertThat(world.jobs()).as(when).singleElement().satisfies(job -> {
            assertThat(job.state()).as("%s: %s", when, job.failure()).isEqualTo(JobState.DELIVERED);
            assertThat(job.counts())
                    .as(when)
                    .containsEntry("rows", 9L)
                    .containsEntry("records", 2L)
                    .containsEntry("delivered", 3L)
                    .containsEntry("visits.nested", 2L)
                    .containsEntry("visits.orphans", 1L)
                    .containsEntry("visits.unattached", 1L)
                    .containsEntry("visits.blank", 1L)
                    .containsEntry("visits.reported", 1L)
                    .containsEntry("rejected", 1L)
                    .containsEntry("results.nested", 2L);
        });
        assertThat(world.delivered())
                .as(when)
                .isEqualTo(Map.of(
                        "patients",
                        List.of(
                                "{\"MRN\":\"1\",\"NAME\":\"a\",\"visits\":[]}",
                                "{\"MRN\":\"2\",\"NAME\":\"b\",\"visits\":["
                                        + "{\"ID\":\"10\",\"PATIENT\":\"2\",\"results\":[]},"
                                        + "{\"ID\":\"12\",\"PATIENT\":\"2\",\"results\":[{\"VISIT\":\"12\",\"VALUE\":\"x\"},"
                                        + "{\"VISIT\":\"12\",\"VALUE\":\"z\"}]}]}"),
                        "visits",
                        List.of("{\"ID\":\"11\",\"PATIENT\":\"9\",\"results\":[{\"VISIT\":\"11\",\"VALUE\":\"y\"}]}")));
        assertThat(world.keys("tasks/")).as(when).isEmpty();
    }

    @Test
    void theHospitalIsToldWhatIsInRecordsAndWhatIsNot() throws Exception {
        try (World world = new World()) {
            world.upload(NAME, GOOD);
            world.run();
            assertDelivered(world, "undisturbed");
            String receipt = new String(
                    world.bucket
                            .snapshot()
                            .getOrDefault("outbound/st-marys/receipts/" + NAME + ".delivered.json", new byte[0]),
                    StandardCharsets.UTF_8);
            assertThat(Json.mapper().readTree(receipt).path("joined"))
                    .hasToString("{\"results\":{\"nested\":2},"
                            + "\"visits\":{\"blank\":1,\"nested\":2,\"orphans\":1,\"reported\":1,\"unattached\":1}}");
            assertThat(Json.mapper().readTree(receipt).path("rejected").intValue())
                    .isEqualTo(1);
            assertThat(world.text("outbound/st-marys"
                            + Json.mapper()
                                    .readTree(receipt)
                                    .path("rejects")
                                    .asText()
                                    .substring("/outbound".length())))
                    .isEqualTo("{\"table\":\"visits\",\"problems\":[{\"column\":\"PATIENT\",\"code\":\"BLANK_KEY\"}],"
                            + "\"values\":{\"ID\":\"13\",\"PATIENT\":\"\",\"results\":[]}}\n");
            assertThat(world.pager.received()).isEmpty();
        }
    }

    @Test
    void aKillAroundAnyStoreCallOfAnyStageChangesNothingForTheEngine() throws Exception {
        int calls = KilledRun.callsOf(NAME, GOOD);
        assertThat(calls).isGreaterThan(60);
        for (int kill = 1; kill <= calls; kill++) {
            for (boolean lost : new boolean[] {false, true}) {
                try (World world = new World()) {
                    world.upload(NAME, GOOD);
                    KilledRun.run(world, kill, lost);
                    assertDelivered(world, "kill at call " + kill + (lost ? ", event lost" : ", event tried again"));
                }
            }
        }
    }

    @Test
    void aKillAroundAnyStoreCallWhileRefusingRowsStillTellsBoth() {
        byte[] bad = export("VISIT,VALUE\n12,x\n77,y\n");
        int calls = KilledRun.callsOf(NAME, bad);
        for (int kill = 1; kill <= calls; kill++) {
            for (boolean lost : new boolean[] {false, true}) {
                try (World world = new World()) {
                    world.upload(NAME, bad);
                    KilledRun.run(world, kill, lost);
                    assertRefused(world, "kill at call " + kill + ", lost " + lost);
                }
            }
        }
    }

    private static void assertRefused(World world, String when) {
        assertThat(world.jobs()).as(when).singleElement().satisfies(job -> {
            assertThat(job.state()).as(when).isEqualTo(JobState.QUARANTINED);
            assertThat(job.settled()).as(when).isTrue();
            assertThat(String.valueOf(job.failure())).as(when).contains("ORPHAN_ROWS", "In table 3", "1 rows");
        });
        assertThat(world.engine.received()).as(when).isEmpty();
        assertThat(world.keys("outbound/")).as(when).contains("outbound/st-marys/receipts/" + NAME + ".rejected.json");
        assertThat(world.keys("tasks/")).as(when).isEmpty();
        assertThat(world.pager.received()).as(when).isNotEmpty();
    }
}
