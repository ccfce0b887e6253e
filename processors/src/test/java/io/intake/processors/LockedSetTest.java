package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.unzip.PgpSamples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPOutputStream;
import net.lingala.zip4j.io.outputstream.ZipOutputStream;
import net.lingala.zip4j.model.ZipParameters;
import net.lingala.zip4j.model.enums.AesKeyStrength;
import net.lingala.zip4j.model.enums.EncryptionMethod;
import org.junit.jupiter.api.Test;

/**
 * Hospitals encrypt each file of a night by itself, some with a password and some for a key, and pack archives into archives:
 * a file that is forgotten when the set is put together is a table without its rows.
 */
class LockedSetTest {
    private static final String PASSWORD = "the-password";

    private static final Map<String, String> SECRETS =
            Map.of("INTAKE_SECRET_ST_MARYS_ZIP", PASSWORD, "INTAKE_SECRET_ST_MARYS_PGP", PgpSamples.OURS.secretKey());

    private static final String FEEDS = """
                      - id: night
                        match: 'night/(?<day>\\d+)/.*'
                        decrypt: { zip-password: "secret:st-marys/zip", pgp: { key: "secret:st-marys/pgp" } }
                        container: { limits: { nesting: 2 } }
                        collect: { by: [day], within: 2h, manifest: { match: '.*/SHA256SUMS', style: sums } }
                        tables:
                          patients: { match: '(.*/)?patients.*\\.csv' }
                          visits: { match: '(.*/)?visits.*\\.csv' }
                          results: { match: '(.*/)?results.*\\.csv' }
                        deliver: { engine: lab, batch: 3 }
                """;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] gzip(byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private static byte[] locked(String password, Map<String, byte[]> files) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes, password.toCharArray())) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                ZipParameters parameters = new ZipParameters();
                parameters.setFileNameInZip(file.getKey());
                parameters.setEncryptFiles(true);
                parameters.setEncryptionMethod(EncryptionMethod.AES);
                parameters.setAesKeyStrength(AesKeyStrength.KEY_STRENGTH_256);
                zip.putNextEntry(parameters);
                zip.write(file.getValue());
                zip.closeEntry();
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    /** A file for a key over a compressed table, an archive with a password, an archive of archives for a key, and one in the clear. */
    private static Map<String, byte[]> night() {
        byte[] deep = Zips.of(Map.of("results2.csv", "ID,R\n2,b\n"));
        byte[] inner = locked(PASSWORD, new TreeMap<>(Map.of("results1.csv", bytes("ID,R\n1,a\n"), "deep.zip", deep)));
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("patients.csv.gz.pgp", PgpSamples.message(gzip(bytes("MRN\n1\n2\n")), PgpSamples.OURS));
        files.put("visits.zip", locked(PASSWORD, Map.of("visits.csv", bytes("V\n7\n"))));
        files.put(
                "month.zip.pgp",
                PgpSamples.message(
                        locked(PASSWORD, new TreeMap<>(Map.of("day.zip", inner, "visits2.csv", bytes("V\n8\n")))),
                        PgpSamples.OURS));
        files.put("results3.csv", bytes("ID,R\n3,c\n"));
        return files;
    }

    private static byte[] sums(Map<String, byte[]> files) throws Exception {
        StringBuilder sums = new StringBuilder();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(file.getValue());
            sums.append(HexFormat.of().formatHex(digest))
                    .append("  ")
                    .append(file.getKey())
                    .append('\n');
        }
        return bytes(sums.toString());
    }

    private static void upload(World world, Map<String, byte[]> files) throws Exception {
        files.forEach((name, content) -> world.upload("night/1/" + name, content));
        world.upload("night/1/SHA256SUMS", sums(files));
    }

    private static void assertDelivered(World world, String about) throws Exception {
        Map<String, TreeSet<String>> rows = new TreeMap<>();
        world.delivered().forEach((table, records) -> rows.put(table, new TreeSet<>(records)));
        assertThat(rows)
                .as(about)
                .isEqualTo(Map.of(
                        "patients", new TreeSet<>(List.of("{\"MRN\":\"1\"}", "{\"MRN\":\"2\"}")),
                        "visits", new TreeSet<>(List.of("{\"V\":\"7\"}", "{\"V\":\"8\"}")),
                        "results",
                                new TreeSet<>(List.of(
                                        "{\"ID\":\"1\",\"R\":\"a\"}",
                                        "{\"ID\":\"2\",\"R\":\"b\"}",
                                        "{\"ID\":\"3\",\"R\":\"c\"}"))));
        assertThat(world.delivered().values().stream().mapToInt(List::size).sum())
                .isEqualTo(7);
        assertThat(world.jobs()).as(about).extracting(Job::state).containsOnly(JobState.DELIVERED);
        assertThat(world.keys("tasks/")).isEmpty();
    }

    @Test
    void theFilesOfASetAreEachDecryptedUnwrappedAndOpenedAndAllTheirRowsAreInIt() throws Exception {
        try (World world = new World(SECRETS, FEEDS)) {
            upload(world, night());
            world.run();

            assertDelivered(world, "without a fault");
            assertThat(world.jobs().stream().filter(Job::isSet))
                    .singleElement()
                    .satisfies(set ->
                            assertThat(set.counts()).containsEntry("rows", 7L).containsEntry("files", 4L));
        }
    }

    @Test
    void aProcessThatEndsAtAnyCallLosesAndDoublesNothing() throws Exception {
        Map<String, byte[]> night = night();
        boolean hit = true;
        for (int kill = 1; hit; kill += 7) {
            try (World world = new World(SECRETS, FEEDS)) {
                upload(world, night);
                hit = KilledRun.run(world, kill, kill % 2 == 0);
                assertDelivered(world, "killed at call " + kill);
            }
        }
    }

    @Test
    void aFileThatCannotBeDecryptedIsRefusedByItselfAndItsSetWaitsForAnother() throws Exception {
        try (World world = new World(SECRETS, FEEDS)) {
            Map<String, byte[]> files = night();
            byte[] right = Objects.requireNonNull(files.get("visits.zip"));
            files.put("visits.zip", locked("another", Map.of("visits.csv", bytes("V\n7\n"))));
            upload(world, files);
            world.run();

            assertThat(world.jobs().stream()
                            .map(Job::failure)
                            .filter(Objects::nonNull)
                            .map(Failure::code))
                    .containsExactly("WRONG_PASSWORD");
            assertThat(world.engine.received()).isEmpty();

            files.put("visits.zip", right);
            world.upload("night/1/visits.zip", right);
            world.upload("night/1/SHA256SUMS", sums(files));
            world.run();
            assertThat(world.delivered().get("visits")).hasSize(2);
            world.bucket
                    .snapshot()
                    .forEach((key, content) -> assertThat(new String(content, StandardCharsets.ISO_8859_1))
                            .doesNotContain(PASSWORD));
        }
    }
}
