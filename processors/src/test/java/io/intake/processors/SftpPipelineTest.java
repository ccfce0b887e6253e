package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.BucketLayout;
import io.intake.processors.forward.sftp.SftpScript;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.store.Content;
import io.intake.store.PutRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that has its name before all of it is there is read by halves; one that gets another name each time, twice. */
class SftpPipelineTest {
    private static final String FEEDS = """
            partners:
              - id: st-marys
                login: { public-keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICXdN2sO8Chsk5e7x8IQSxatWUQ2T+8w1119imVhF69u a"] }
                feeds:
                  - { id: whole, match: 'whole/.*', deliver: { engine: lab, as: members } }
                  - id: rows
                    match: 'rows/.*'
                    tables: { patients: { match: 'p.*\\.csv' }, visits: { match: 'v.*\\.csv' } }
                    deliver: { engine: lab }
                  - { id: unnamed, match: 'unnamed/.*', deliver: { engine: lab } }
                  - { id: in-order, match: 'in-order/.*', deliver: { engine: lab, ordered: true, as: file } }
            """;
    private static final Map<String, String> TABLES =
            Map.of("patients.csv", "MRN,NAME\n1,A\n2,B\n", "visits.csv", "MRN,DAY\n1,x\n");

    @TempDir
    private Path temporary;

    private static World world(SftpScript lab, String more) {
        World world = new World(Map.of("INTAKE_SECRET_LAB", "open sesame"));
        lab.lets("open sesame");
        String engine = """
                engines:
                  lab: { type: sftp, host: 127.0.0.1, port: %d, user: intake, password: "secret:lab", host-key: "%s"%s }
                pager: { routing-key: "0123456789abcdef0123456789abcdef", endpoint: "%s" }
                """.formatted(lab.port(), lab.hostKey(), more, world.pager.uri("/v2/enqueue"));
        world.bucket.put(PutRequest.of(
                BucketLayout.PARTNERS,
                Content.of((FEEDS + engine).getBytes(StandardCharsets.UTF_8)),
                "application/yaml"));
        world.restart(Map.of("INTAKE_SECRET_LAB", "open sesame"));
        return world;
    }

    private static Job only(World world) {
        assertThat(world.jobs()).hasSize(1);
        return world.jobs().getFirst();
    }

    private Path fresh() throws IOException {
        return Files.createTempDirectory(temporary, "lab");
    }

    @Test
    void tablesGetTheirNamesWhenTheyAreWholeAndTheManifestListsThem() throws Exception {
        try (SftpScript lab = new SftpScript(fresh(), true);
                World world = world(lab, ", manifest: true")) {
            world.upload("rows/x.zip", Zips.of(TABLES));
            world.run();

            Job job = only(world);
            assertThat(job.state()).isEqualTo(JobState.DELIVERED);
            assertThat(job.counts()).containsEntry("delivered", 3L);
            String prefix = "st-marys-rows-" + job.id() + "-";
            NavigableMap<String, String> files = lab.files();
            assertThat(files.keySet())
                    .containsExactly(
                            prefix + "manifest.json", prefix + "patients-00000.ndjson", prefix + "visits-00001.ndjson");
            assertThat(files)
                    .containsEntry(
                            prefix + "patients-00000.ndjson",
                            "{\"MRN\":\"1\",\"NAME\":\"A\"}\n{\"MRN\":\"2\",\"NAME\":\"B\"}\n");
            JsonNode manifest = Json.mapper().readTree(files.firstEntry().getValue());
            assertThat(manifest.path("objects").findValuesAsText("rows")).containsExactly("2", "1");
            assertThat(manifest.path("objects").findValuesAsText("key"))
                    .containsExactly(prefix + "patients-00000.ndjson", prefix + "visits-00001.ndjson");
        }
    }

    @Test
    void theNamesOfFilesAreToldOnlyWhereTheyAreAskedFor() throws Exception {
        for (boolean names : List.of(false, true)) {
            try (SftpScript lab = new SftpScript(fresh(), true);
                    World world = world(lab, ", suffix: .pdf, names: " + names)) {
                world.upload("whole/x.zip", Zips.of(Map.of("DOE-JANE.pdf", "%PDF")));
                world.upload("unnamed/x.zip", Zips.of(Map.of("DOE-JANE.csv", "A\n1\n")));
                world.run();

                assertThat(world.jobs()).extracting(Job::state).containsOnly(JobState.DELIVERED);
                assertThat(lab.files()).hasSize(2);
                assertThat(lab.files().keySet()).allMatch(name -> name.contains("DOE") == names);
                assertThat(lab.files().keySet()).anyMatch(name -> name.endsWith(".pdf"));
            }
        }
    }

    @Test
    void eachFileIsThereOnceAndWholeHoweverOftenTheProcessIsKilled() throws Exception {
        boolean killed = true;
        for (int kill = 1; killed; kill += 5) {
            try (SftpScript lab = new SftpScript(fresh(), true);
                    World world = world(lab, ", manifest: true")) {
                world.upload("rows/x.zip", Zips.of(TABLES));
                killed = KilledRun.run(world, kill, kill % 2 == 1);
                String when = "kill at " + kill;
                assertThat(only(world).state()).as(when).isEqualTo(JobState.DELIVERED);
                assertThat(lab.files()).as(when).hasSize(3);
                assertThat(lab.files().values())
                        .as(when)
                        .contains("{\"MRN\":\"1\",\"NAME\":\"A\"}\n{\"MRN\":\"2\",\"NAME\":\"B\"}\n");
            }
        }
    }

    @Test
    void eachFileIsThereOnceAndWholeWhereverTheConnectionIsCut() throws Exception {
        for (boolean posix : List.of(true, false)) {
            boolean cut = true;
            for (int at = 1; cut; at++) {
                AtomicBoolean hit = new AtomicBoolean();
                int here = at;
                try (SftpScript lab = new SftpScript(fresh(), posix);
                        World world = world(lab, "")) {
                    lab.fails((operation, session) -> {
                        if (operation.number() == here) {
                            hit.set(true);
                            session.close(true);
                        }
                    });
                    world.upload("rows/x.zip", Zips.of(TABLES));
                    world.run();
                    for (int sweep = 0; sweep < 3; sweep++) {
                        world.sweepLater();
                        world.run();
                    }
                    String when = "cut at " + at + " posix " + posix;
                    assertThat(only(world).state()).as(when).isEqualTo(JobState.DELIVERED);
                    assertThat(lab.files()).as(when).hasSize(2);
                    assertThat(lab.files().values())
                            .as(when)
                            .contains("{\"MRN\":\"1\",\"NAME\":\"A\"}\n{\"MRN\":\"2\",\"NAME\":\"B\"}\n");
                }
                cut = hit.get();
            }
        }
    }

    @Test
    void aServerThatIsDownHasOnePageAndFilesComeInOrderWhenItIsBack() throws Exception {
        try (SftpScript lab = new SftpScript(fresh(), true);
                World world = world(lab, ", rate: 100/s, concurrency: 1")) {
            lab.fails((operation, session) -> {
                throw new IOException("no space left on device");
            });
            for (int file = 1; file <= 5; file++) {
                world.upload("in-order/" + file + ".txt", ("content " + file).getBytes(StandardCharsets.UTF_8));
                world.clock.advance(java.time.Duration.ofSeconds(1));
            }
            for (int sweep = 0; sweep < 4; sweep++) {
                world.run();
                world.sweepLater();
            }
            world.run();
            assertThat(lab.files().keySet()).allMatch(name -> name.endsWith(".part"));
            // The first waits for the server, the others for their turn
            assertThat(world.jobs())
                    .extracting(Job::state)
                    .containsExactlyInAnyOrder(
                            JobState.WAITING,
                            JobState.FORWARDING,
                            JobState.FORWARDING,
                            JobState.FORWARDING,
                            JobState.FORWARDING);
            assertThat(world.pager.received())
                    .filteredOn(page -> page.body().contains("\"trigger\""))
                    .singleElement()
                    .satisfies(page -> assertThat(page.body()).contains("intake/engine/lab", "SFTP_FAILURE"));

            lab.fails((operation, session) -> {});
            for (int sweep = 0; sweep < 4; sweep++) {
                world.sweepLater();
                world.run();
            }
            assertThat(world.jobs()).extracting(Job::state).containsOnly(JobState.DELIVERED);
            assertThat(lab.files()).hasSize(5);
            assertThat(world.pager.received().getLast().body()).contains("\"resolve\"");
        }
    }
}
