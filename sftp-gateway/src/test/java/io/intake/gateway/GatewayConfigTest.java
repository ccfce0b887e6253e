package io.intake.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.bucket.Naming.Area;
import io.intake.bucket.Naming.Place;
import io.intake.bucket.PartnerPath;
import io.intake.config.Network;
import io.intake.gateway.access.ConnectionLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mistake that is found at the second start, after the first one was mended, costs a hospital's night. */
class GatewayConfigTest {
    private static final String AUDIT_KEY = "00112233445566778899aabbccddeeff";

    private static final long HEAP = 2L << 30;

    private static Map<String, String> valid() {
        Map<String, String> environment = new HashMap<>();
        environment.put("INTAKE_HOST_KEY", HostKeys.toOpenSsh(HostKeys.generate(), "host"));
        environment.put("INTAKE_AUDIT_KEY", AUDIT_KEY);
        return environment;
    }

    @Test
    void whatIsNotGivenHasADefault() {
        GatewayConfig config = GatewayConfig.fromEnvironment(valid(), HEAP);
        assertThat(config.host()).isEqualTo("0.0.0.0");
        assertThat(config.port()).isEqualTo(2222);
        assertThat(config.partners()).isEqualTo(new PartnersSource.Bucket());
        assertThat(config.uploadMemory()).isEqualTo(256L << 20);
        assertThat(config.limits()).isEqualTo(SessionLimits.DEFAULT);
        assertThat(config.temporaryNames().matches("x.FILEPART")).isTrue();
    }

    @Test
    void everyVariableIsRead() {
        Map<String, String> environment = valid();
        environment.remove("INTAKE_HOST_KEY");
        environment.putAll(Map.of(
                "INTAKE_HOST_KEY_FILE", "/etc/host-key",
                "INTAKE_SFTP_HOST", "127.0.0.1",
                "INTAKE_SFTP_PORT", "0",
                "INTAKE_PARTNERS", "/etc/partners.yml",
                "INTAKE_TEMPORARY_SUFFIXES", ".tmp, .up",
                "INTAKE_UPLOAD_MEMORY", "1GiB",
                "INTAKE_CHANNEL_WINDOW", "4MiB",
                "INTAKE_LOGIN_GRACE", "10s"));
        environment.putAll(Map.of(
                "INTAKE_IDLE_TIMEOUT", "1h",
                "INTAKE_DRAIN_TIMEOUT", "2m",
                "INTAKE_SESSIONS_PER_PARTNER", "3",
                "INTAKE_CHANNELS_PER_SESSION", "4",
                "INTAKE_UPLOAD_SHARE", "25",
                "INTAKE_UPLOAD_IDLE", "5s",
                "INTAKE_ALGORITHMS", "older"));
        environment.putAll(Map.of(
                "INTAKE_SESSIONS", "11",
                "INTAKE_SESSIONS_PER_ADDRESS", "12",
                "INTAKE_STRANGERS", "13",
                "INTAKE_STRANGERS_PER_ADDRESS", "14",
                "INTAKE_PROXIES", "10.0.0.0/16, 2001:db8::/32"));
        GatewayConfig config = GatewayConfig.fromEnvironment(environment, HEAP);
        assertThat(config.connections())
                .isEqualTo(new ConnectionLimits(
                        11,
                        12,
                        13,
                        14,
                        List.of(
                                Network.parse("10.0.0.0/16").orElseThrow(),
                                Network.parse("2001:db8::/32").orElseThrow())));
        assertThat(config.limits())
                .isEqualTo(new SessionLimits(Duration.ofSeconds(10), Duration.ofHours(1), 3, 4, 4 << 20));
        assertThat(config.uploadMemory()).isEqualTo(1L << 30);
        assertThat(config.uploads()).isEqualTo(new UploadLimits(25, Duration.ofSeconds(5)));
        assertThat(config.drain()).isEqualTo(Duration.ofMinutes(2));
        assertThat(config.temporaryNames().matches("x.up")).isTrue();
        assertThat(config.temporaryNames().matches("x.part")).isFalse();
        assertThat(config.hostKeys()).hasToString("File[path=/etc/host-key]");
        assertThat(config.algorithms()).isEqualTo(GatewayConfig.Algorithms.OLDER);
        assertThat(config.port()).isZero();
    }

    @Test
    void hostKeysAreGivenInOneOfThreeWaysAndMayLieWithAws() {
        Map<String, String> environment = valid();
        environment.put("INTAKE_HOST_KEY_SECRET", "secretsmanager:intake/host-keys");
        assertThatThrownBy(() -> GatewayConfig.fromEnvironment(environment, HEAP))
                .hasMessageContaining("give one of them");
        environment.remove("INTAKE_HOST_KEY");
        GatewayConfig config = GatewayConfig.fromEnvironment(environment, HEAP);
        assertThat(config.hostKeys()).hasToString("Secret[secretsmanager:intake/host-keys]");
        assertThatThrownBy(() -> HostKeys.load(config.hostKeys()))
                .isInstanceOf(GatewayConfigException.class)
                .hasMessageContaining("AWS_REGION");
        environment.put("INTAKE_HOST_KEY_SECRET", "vault:x");
        assertThatThrownBy(() -> GatewayConfig.fromEnvironment(environment, HEAP))
                .hasMessageContaining("INTAKE_HOST_KEY_SECRET: a name such as");
        environment.remove("INTAKE_HOST_KEY_SECRET");
        assertThatThrownBy(() -> GatewayConfig.fromEnvironment(environment, HEAP))
                .hasMessageContaining("give one of them");
    }

    @Test
    void allMistakesAreToldAtOnceAndNoSecret() {
        Map<String, String> environment = new HashMap<>(Map.of(
                "INTAKE_SFTP_PORT", "70000",
                "INTAKE_AUDIT_KEY", "tooshort",
                "INTAKE_UPLOAD_MEMORY", "1MiB",
                "INTAKE_IDLE_TIMEOUT", "soon",
                "INTAKE_SESSIONS_PER_PARTNER", "0",
                "INTAKE_TEMPORARY_SUFFIXES", "tmp",
                "INTAKE_ALGORITHMS", "any",
                "INTAKE_UPLOAD_SHARE", "0",
                "INTAKE_STRANGERS", "0",
                "INTAKE_PROXIES", "10.0.0.1/16"));
        assertThatThrownBy(() -> GatewayConfig.fromEnvironment(environment, HEAP))
                .isInstanceOfSatisfying(
                        GatewayConfigException.class,
                        e -> assertThat(e.problems()).hasSize(11).noneMatch(problem -> problem.contains("tooshort")));
        assertThat(GatewayConfig.fromEnvironment(valid(), HEAP).toString())
                .doesNotContain("PRIVATE KEY")
                .doesNotContain("[0, 17");
    }

    @Test
    void memoryForUploadsMustFitIntoTheHeapWithWhatClientsSendAhead() {
        Map<String, String> environment = valid();
        environment.put("INTAKE_UPLOAD_MEMORY", "96MiB");
        assertThat(GatewayConfig.fromEnvironment(environment, 160L << 20).uploadMemory())
                .isEqualTo(96L << 20);
        assertThatThrownBy(() -> GatewayConfig.fromEnvironment(environment, (160L << 20) - 1))
                .hasMessageContaining("INTAKE_UPLOAD_MEMORY: 96 MiB need a heap of at least 160 MiB, and this JVM's is"
                        + " 159 MiB; set at most 95MiB, or give it a larger one (-Xmx)");
        // by default, too
        assertThatThrownBy(() -> GatewayConfig.fromEnvironment(valid(), 32L << 20))
                .hasMessageContaining(
                        "256 MiB need a heap of at least 400 MiB, and this JVM's is 32 MiB; give it a larger");
    }

    @Test
    void hostKeysThatCannotBeUsedAreRefused() {
        for (String text : List.of(
                "nonsense", "", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n")) {
            assertThatThrownBy(() -> HostKeys.load(new HostKeySource.Text(text)))
                    .as(text)
                    .isInstanceOf(GatewayConfigException.class)
                    .hasMessageContaining("host key");
        }
        String two = HostKeys.toOpenSsh(HostKeys.generate(), "a");
        assertThat(HostKeys.load(new HostKeySource.Text(two))).hasSize(1);
    }

    @Test
    void theCheckNamesEveryMistakeOfBothParts() throws IOException {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = GatewayMain.run(List.of("--check"), Map.of(), new PrintStream(err, true, StandardCharsets.UTF_8));
        assertThat(status).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("INTAKE_HOST_KEY", "INTAKE_AUDIT_KEY", "INTAKE_BUCKET", "INTAKE_NAME_KEYS");
    }

    @Test
    void namesAreEncryptedUnlessItIsAskedForThatTheyAreNot(@TempDir Path folder) throws IOException {
        String keys = "k1:" + Base64.getEncoder().encodeToString(new byte[64]);
        Path file = Files.writeString(folder.resolve("keys"), keys + "\n");
        List<String> problems = new ArrayList<>();
        Place place = new Place("p", Area.INBOUND, PartnerPath.parse("x.zip"));
        for (Map<String, String> environment :
                List.of(Map.of("INTAKE_NAME_KEYS", keys), Map.of("INTAKE_NAME_KEYS_FILE", file.toString()))) {
            assertThat(GatewayNames.read(environment, null, true, problems)
                            .naming()
                            .key(place))
                    .startsWith("inbound/p/_k1/");
        }
        assertThat(GatewayNames.read(Map.of("INTAKE_NAMING", "natural"), null, true, problems)
                        .naming()
                        .key(place))
                .isEqualTo("inbound/p/x.zip");
        assertThat(problems).isEmpty();
    }

    @Test
    void mistakesInNameKeysAreToldWithoutThem() {
        for (Map<String, String> environment : List.of(
                Map.<String, String>of(),
                Map.of("INTAKE_NAME_KEYS", "k1:c2VjcmV0"),
                Map.of("INTAKE_NAME_KEYS", "c2VjcmV0", "INTAKE_NAME_KEYS_FILE", "c2VjcmV0"),
                Map.of("INTAKE_NAME_KEYS_FILE", "/does/not/exist"),
                Map.of("INTAKE_NAME_KEYS_SECRET", "c2VjcmV0"),
                Map.of("INTAKE_NAME_KEYS_SECRET", "secretsmanager:name-keys"),
                Map.of("INTAKE_NAMING", "c2VjcmV0"))) {
            List<String> problems = new ArrayList<>();
            assertThat(GatewayNames.read(environment, null, true, problems).naming())
                    .isNotNull();
            assertThat(problems)
                    .as(environment.toString())
                    .singleElement()
                    .asString()
                    .doesNotContain("c2VjcmV0");
        }
    }
}
