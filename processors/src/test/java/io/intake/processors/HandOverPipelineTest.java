package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.BucketLayout;
import io.intake.processors.forward.Acknowledged;
import io.intake.processors.forward.DeliveryLog;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.store.ConditionalWrites;
import io.intake.store.Content;
import io.intake.store.ListRequest;
import io.intake.store.ObjectInfo;
import io.intake.store.PutRequest;
import io.intake.store.ReadRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A manifest that comes before what it lists, or lists what is not there, loads half a day's data as a whole one. */
class HandOverPipelineTest {
    private static final String YAML = """
            partners:
              - id: st-marys
                login: { public-keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICXdN2sO8Chsk5e7x8IQSxatWUQ2T+8w1119imVhF69u a"] }
                feeds:
                  - { id: whole, match: 'whole/.*', deliver: { engine: lake, as: members } }
                  - id: rows
                    match: 'rows/.*'
                    tables: { patients: { match: 'p.*\\.csv' }, visits: { match: 'v.*\\.csv' } }
                    deliver: { engine: lake }
                  - { id: unnamed, match: 'unnamed/.*', deliver: { engine: lake } }
            engines:
              lake: { type: s3, bucket: lake-house, prefix: "in/{partner}/{feed}/{job}/" }
            """;

    private static World world() {
        World world = new World();
        world.bucket.put(PutRequest.of(
                BucketLayout.PARTNERS, Content.of(YAML.getBytes(StandardCharsets.UTF_8)), "application/yaml"));
        world.restart();
        return world;
    }

    private static Job only(World world) {
        assertThat(world.jobs()).hasSize(1);
        return world.jobs().getFirst();
    }

    private static List<String> keys(InMemoryObjectStore lake) {
        return lake.list(ListRequest.under("")).objects().stream()
                .map(ObjectInfo::key)
                .toList();
    }

    private static String text(InMemoryObjectStore lake, String key) throws IOException {
        try (var content = lake.read(ReadRequest.whole(key))) {
            return new String(content.stream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static final Map<String, String> TABLES =
            Map.of("patients.csv", "MRN,NAME\n1,A\n2,B\n", "visits.csv", "MRN,DAY\n1,x\n");

    @Test
    void tablesAreCopiedAndTheManifestListsThemWithTheirRows() throws Exception {
        try (World world = world()) {
            world.upload("rows/x.zip", Zips.of(TABLES));
            world.run();

            Job job = only(world);
            assertThat(job.state()).isEqualTo(JobState.DELIVERED);
            assertThat(job.counts()).containsEntry("delivered", 3L);
            String prefix = "in/st-marys/rows/" + job.id() + "/";
            assertThat(keys(world.lake))
                    .containsExactly(
                            prefix + "manifest.json", prefix + "patients/00000.ndjson", prefix + "visits/00001.ndjson");
            assertThat(text(world.lake, prefix + "patients/00000.ndjson"))
                    .isEqualTo("{\"MRN\":\"1\",\"NAME\":\"A\"}\n{\"MRN\":\"2\",\"NAME\":\"B\"}\n");
            JsonNode manifest = Json.mapper().readTree(text(world.lake, prefix + "manifest.json"));
            assertThat(manifest.path("job").asText()).isEqualTo(job.id());
            assertThat(manifest.path("objects").findValuesAsText("rows")).containsExactly("2", "1");
            assertThat(manifest.path("objects").findValuesAsText("key"))
                    .containsExactly(prefix + "patients/00000.ndjson", prefix + "visits/00001.ndjson");
        }
    }

    private static List<Acknowledged> log(World world) {
        Records records = new Records(world.bucket, new ConditionalWrites(world.bucket, () -> "test", pause -> {}));
        return new DeliveryLog(world.bucket, records).read(only(world).id());
    }

    @Test
    void eachObjectIsALineOfTheDeliveryLogByWhichItIsFoundThere() throws Exception {
        try (World world = world()) {
            world.upload("rows/x.zip", Zips.of(TABLES));
            world.run();

            List<Acknowledged> log = log(world);
            assertThat(log).extracting(Acknowledged::number).containsExactly(1, 2);
            assertThat(log).extracting(Acknowledged::object).containsExactly(0, 1);
            assertThat(log).extracting(Acknowledged::first).containsOnly(0L);
            assertThat(log).extracting(Acknowledged::records).containsExactly(2L, 1L);
            assertThat(log).extracting(Acknowledged::reference).isEqualTo(etags(world.lake, ".ndjson"));
            assertThat(log).extracting(Acknowledged::key).containsOnlyNulls();
        }
    }

    @Test
    void theLogOfAFileThatIsDeliveredAsItIsHoldsNothingOfItsName() throws Exception {
        try (World world = world()) {
            world.upload("whole/x.zip", Zips.of(Map.of("DOE-JANE.pdf", "%PDF")));
            world.run();

            assertThat(log(world)).singleElement().satisfies(line -> {
                assertThat(line.records()).isEqualTo(1);
                assertThat(line.toString()).doesNotContain("DOE");
            });
        }
    }

    /** Tables whose files are joined as they stand hold delimited rows, which become lines on their way. */
    @Test
    void aLongTableOfDelimitedRowsBecomesObjectsOfLinesWithEachRowInOneOfThem() throws Exception {
        int rows = 900_000;
        StringBuilder csv = new StringBuilder("MRN,NAME,NOTE\n");
        for (int row = 0; row < rows; row++) {
            csv.append(row).append(",A,").append("n".repeat(70)).append('\n');
        }
        try (World world = world()) {
            world.upload("rows/x.zip", Zips.of(Map.of("patients.csv", csv.toString())));
            world.run();

            assertThat(only(world).state()).isEqualTo(JobState.DELIVERED);
            assertThat(only(world).counts()).containsEntry("delivered", (long) rows);
            List<String> objects = keys(world.lake).stream()
                    .filter(key -> key.contains("/patients/"))
                    .toList();
            assertThat(objects).as("objects of lines").hasSizeGreaterThan(1);
            int next = 0;
            for (String object : objects) {
                for (String line : text(world.lake, object).lines().toList()) {
                    assertThat(line.startsWith("{\"MRN\":\"%d\",".formatted(next)))
                            .as("row %d in %s", next, object)
                            .isTrue();
                    next++;
                }
            }
            assertThat(next).isEqualTo(rows);
            List<Acknowledged> log = log(world);
            assertThat(log).extracting(Acknowledged::reference).isEqualTo(etags(world.lake, ".ndjson"));
            long behind = 0;
            for (Acknowledged line : log) {
                assertThat(line.first()).isEqualTo(behind);
                behind += line.records();
            }
            assertThat(behind).isEqualTo(rows);
        }
    }

    private static List<String> etags(InMemoryObjectStore lake, String suffix) {
        return lake.list(ListRequest.under("")).objects().stream()
                .filter(object -> object.key().endsWith(suffix))
                .map(ObjectInfo::etag)
                .toList();
    }

    @Test
    void theNamesOfFilesAreNotTold() throws Exception {
        try (World world = world()) {
            world.upload("whole/x.zip", Zips.of(Map.of("DOE-JANE.pdf", "%PDF")));
            world.upload("unnamed/x.zip", Zips.of(Map.of("DOE-JANE.csv", "A\n1\n")));
            world.run();

            assertThat(world.jobs()).extracting(Job::state).containsOnly(JobState.DELIVERED);
            for (String key : keys(world.lake)) {
                assertThat(key).doesNotContain("DOE");
                assertThat(text(world.lake, key)).doesNotContain("DOE");
            }
            assertThat(keys(world.lake)).anyMatch(key -> key.endsWith("/files/000000"));
        }
    }

    @Test
    void theManifestComesLastAndAllIsThereHoweverOftenTheProcessIsKilled() throws Exception {
        boolean killed = true;
        for (int kill = 1; killed; kill += 2) {
            try (World world = world()) {
                world.upload("rows/x.zip", Zips.of(TABLES));
                killed = KilledRun.run(world, kill, kill % 4 == 1);
                String when = "kill at " + kill;
                assertThat(only(world).state()).as(when).isEqualTo(JobState.DELIVERED);
                assertThat(keys(world.lake)).as(when).hasSize(3);
                String manifest = keys(world.lake).getFirst();
                assertThat(Json.mapper().readTree(text(world.lake, manifest)).path("objects"))
                        .as(when)
                        .hasSize(2);
            }
        }
    }

    @Test
    void aBucketThatRefusesIsDownAsAnyEngineWithOnePageAndNoneKnocksMeanwhile() throws Exception {
        try (World world = world()) {
            String wrong = YAML.replace("bucket: lake-house", "bucket: bucket")
                    + "pager: { routing-key: \"0123456789abcdef0123456789abcdef\", endpoint: \"PAGER\" }\n";
            put(world, wrong.replace("PAGER", world.pager.uri("/v2/enqueue").toString()));
            for (int file = 1; file <= 3; file++) {
                world.upload("rows/" + file + ".zip", Zips.of(Map.of("patients.csv", "MRN\n" + file + "\n")));
            }
            world.run();
            world.sweepLater();
            world.run();
            world.sweepLater();
            world.run();
            assertThat(world.jobs()).extracting(Job::state).containsOnly(JobState.WAITING);
            assertThat(world.keys("engines/lake/waiting/")).hasSize(3);
            assertThat(world.pager.received())
                    .singleElement()
                    .satisfies(page -> assertThat(page.body()).contains("intake/engine/lake", "S3_OWN_BUCKET"));

            put(
                    world,
                    wrong.replace("PAGER", world.pager.uri("/v2/enqueue").toString())
                            .replace("bucket: bucket", "bucket: lake-house"));
            world.sweepLater();
            world.run();
            world.sweepLater();
            world.run();
            assertThat(world.jobs()).extracting(Job::state).containsOnly(JobState.DELIVERED);
            assertThat(world.pager.received().getLast().body()).contains("\"resolve\"");
        }
    }

    private static void put(World world, String yaml) {
        world.bucket.put(PutRequest.of(
                BucketLayout.PARTNERS, Content.of(yaml.getBytes(StandardCharsets.UTF_8)), "application/yaml"));
        world.restart();
    }

    @Test
    void ourOwnBucketIsNoEngine() throws Exception {
        try (World world = world()) {
            world.bucket.put(PutRequest.of(
                    BucketLayout.PARTNERS,
                    Content.of(
                            YAML.replace("bucket: lake-house", "bucket: bucket").getBytes(StandardCharsets.UTF_8)),
                    "application/yaml"));
            world.restart();
            world.upload("rows/x.zip", Zips.of(TABLES));
            world.run();
            assertThat(keys(world.lake)).isEmpty();
            assertThat(only(world).state()).isNotEqualTo(JobState.DELIVERED);
        }
    }
}
