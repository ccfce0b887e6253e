package io.intake.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.store.s3.S3Settings.Checksums;
import io.intake.store.s3.S3Settings.Credentials;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A mistyped variable found one restart at a time keeps hospitals waiting; a secret in a log has to be changed. */
class S3SettingsTest {

    @Test
    void everyVariableIsRead() {
        S3Settings settings = S3Settings.fromEnvironment(Map.of(
                "INTAKE_BUCKET", "intake",
                "AWS_REGION", "eu-central-1",
                "INTAKE_S3_ENDPOINT", "http://127.0.0.1:9000",
                "INTAKE_S3_ACCESS_KEY", "key",
                "INTAKE_S3_SECRET_KEY", "secret",
                "INTAKE_S3_CHECKSUMS", "when_required",
                "INTAKE_KMS_KEY", "alias/intake"));
        assertThat(settings)
                .isEqualTo(S3Settings.of("intake", "eu-central-1")
                        .withEndpoint(URI.create("http://127.0.0.1:9000"))
                        .withCredentials(new Credentials("key", "secret"))
                        .withChecksums(Checksums.WHEN_REQUIRED)
                        .withKmsKeyId("alias/intake"));
        assertThat(settings.pathStyle()).isTrue();
    }

    @Test
    void onlyBucketAndRegionAreNeededOnAws() {
        S3Settings settings = S3Settings.fromEnvironment(
                Map.of("INTAKE_BUCKET", "intake", "AWS_REGION", "us-east-2", "INTAKE_S3_ENDPOINT", " "));
        assertThat(settings).isEqualTo(S3Settings.of("intake", "us-east-2"));
        assertThat(settings.endpoint()).isNull();
        assertThat(settings.credentials()).isNull();
        assertThat(settings.checksums()).isEqualTo(Checksums.WHEN_SUPPORTED);
        assertThat(settings.pathStyle()).isFalse();
    }

    @Test
    void anEndpointNeedsNoRegion() {
        S3Settings settings = S3Settings.fromEnvironment(
                Map.of("INTAKE_BUCKET", "intake", "INTAKE_S3_ENDPOINT", "http://localhost:1"));
        assertThat(settings.region()).isEqualTo("us-east-1");
    }

    @Test
    void allMistakesAreReportedTogetherWithoutTheSecret() {
        assertThatThrownBy(() -> S3Settings.fromEnvironment(Map.of(
                        "INTAKE_S3_ENDPOINT", "ftp://user:pass@x",
                        "INTAKE_S3_SECRET_KEY", "hush",
                        "INTAKE_S3_CHECKSUMS", "never")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("INTAKE_BUCKET")
                .hasMessageContaining("INTAKE_S3_ENDPOINT")
                .hasMessageContaining("INTAKE_S3_ACCESS_KEY")
                .hasMessageContaining("INTAKE_S3_CHECKSUMS")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hush", "pass"));
        assertThatThrownBy(() -> S3Settings.fromEnvironment(Map.of()))
                .hasMessageContaining("INTAKE_BUCKET")
                .hasMessageContaining("AWS_REGION");
    }

    @Test
    void theSecretIsNotPrinted() {
        S3Settings settings = S3Settings.of("intake", "us-east-1").withCredentials(new Credentials("key", "hush"));
        assertThat(settings.toString()).contains("key").doesNotContain("hush");
    }

    @Test
    void valuesThatCannotWorkAreRefused() {
        assertThatThrownBy(() -> S3Settings.of(" ", "us-east-1")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> S3Settings.of("intake", "")).isInstanceOf(IllegalArgumentException.class);
        S3Settings settings = S3Settings.of("intake", "us-east-1");
        assertThatThrownBy(() -> settings.withMaxConnections(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> settings.withPatience(Duration.ofSeconds(1), Duration.ofSeconds(1), 0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
