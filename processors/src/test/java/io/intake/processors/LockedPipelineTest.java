package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.lingala.zip4j.io.outputstream.ZipOutputStream;
import net.lingala.zip4j.model.ZipParameters;
import net.lingala.zip4j.model.enums.AesKeyStrength;
import net.lingala.zip4j.model.enums.EncryptionMethod;
import org.junit.jupiter.api.Test;

/** A hospital whose password does not fit must be told so, and nobody may read the password anywhere on the way. */
class LockedPipelineTest {
    private static final String NAME = "locked/Smith_John.zip";
    private static final Map<String, String> SECRETS =
            Map.of("INTAKE_SECRET_ST_MARYS_NEW", "the-new-password", "INTAKE_SECRET_ST_MARYS_OLD", "the-old-password");

    private static byte[] zip(String password) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes, password.toCharArray())) {
            ZipParameters parameters = new ZipParameters();
            parameters.setFileNameInZip("patients.csv");
            parameters.setEncryptFiles(true);
            parameters.setEncryptionMethod(EncryptionMethod.AES);
            parameters.setAesKeyStrength(AesKeyStrength.KEY_STRENGTH_256);
            zip.putNextEntry(parameters);
            zip.write("MRN,NAME\n1,a\n2,b\n".getBytes(StandardCharsets.UTF_8));
            zip.closeEntry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void assertNoPasswordAnywhere(World world) {
        world.bucket
                .snapshot()
                .forEach((key, bytes) -> assertThat(new String(bytes, StandardCharsets.ISO_8859_1))
                        .as("an object of %s", key.substring(0, key.indexOf('/')))
                        .doesNotContain("-password\"", "the-new", "the-old", "the-third"));
        world.pager.received().forEach(page -> assertThat(page.body()).doesNotContain("the-new", "the-old", "Smith"));
    }

    @Test
    void anArchiveWithTheOldPasswordIsStillDelivered() throws Exception {
        try (World world = new World(SECRETS)) {
            world.upload(NAME, zip("the-old-password"));
            world.run();

            assertThat(world.jobs()).singleElement().extracting(Job::state).isEqualTo(JobState.DELIVERED);
            assertThat(world.delivered().values()).singleElement().asString().contains("\"NAME\":\"b\"");
            assertNoPasswordAnywhere(world);
        }
    }

    @Test
    void aWrongPasswordIsToldToTheHospital() {
        try (World world = new World(SECRETS)) {
            world.upload(NAME, zip("the-third-password"));
            world.run();

            assertThat(world.jobs()).singleElement().satisfies(job -> {
                assertThat(job.state()).isEqualTo(JobState.QUARANTINED);
                assertThat(String.valueOf(job.failure())).contains("WRONG_PASSWORD");
            });
            byte[] receipt = world.bucket.snapshot().get("outbound/st-marys/receipts/" + NAME + ".rejected.json");
            assertThat(new String(receipt, StandardCharsets.UTF_8))
                    .contains("WRONG_PASSWORD", "Make the archive with the password that was agreed");
            assertNoPasswordAnywhere(world);
        }
    }
}
