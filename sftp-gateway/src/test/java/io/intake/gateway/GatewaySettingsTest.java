package io.intake.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A limit that is misspelt and so not in force is found out when it is needed. */
class GatewaySettingsTest {
    private static final String SECRET = "00112233445566778899aabbccddeeff";

    @TempDir
    private Path folder;

    private Path file;
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void name() {
        file = folder.resolve("gateway.yml");
        environment.put(GatewaySettings.FILE, file.toString());
    }

    private void write(String text) throws IOException {
        Files.writeString(file, text);
    }

    private String check(int expected, String... arguments) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status =
                GatewayMain.run(List.of(arguments), environment, new PrintStream(err, true, StandardCharsets.UTF_8));
        String text = err.toString(StandardCharsets.UTF_8);
        assertThat(status).as(text).isEqualTo(expected);
        return text;
    }

    private String complete() throws IOException {
        Path partners = Files.writeString(folder.resolve("partners.yml"), """
                partners:
                  - id: mercy
                    login: { public-keys: ["%s"] }
                    feeds: [ { id: f, match: x, deliver: { engine: e } } ]
                engines: { e: { type: http, url: "http://e" } }
                """.formatted(
                        PublicKeyEntry.toString(HostKeys.generate().getPublic())));
        return """
                bucket: intake
                aws-region: eu-central-1
                audit-key: "%s"
                host-key: |
                %s
                partners: %s
                upload-memory: 64MiB
                proxies: [10.0.0.0/16, 10.1.0.0/16]
                management-port: 0
                naming: natural
                """.formatted(
                SECRET,
                HostKeys.toOpenSsh(HostKeys.generate(), "host").indent(2).stripTrailing(),
                partners);
    }

    @Test
    void aFileDoesWhatTheEnvironmentDoesAndTheEnvironmentWins() throws IOException {
        write(complete());
        environment.put("INTAKE_UPLOAD_MEMORY", "128MiB");
        GatewayConfig config =
                GatewayConfig.fromEnvironment(GatewaySettings.read(environment).asVariables(), 2L << 30);
        assertThat(config.uploadMemory()).isEqualTo(128L << 20);
        assertThat(config.connections().proxies()).hasSize(2);
        assertThat(config.toString()).doesNotContain(SECRET);
        assertThat(check(0, "--check")).contains("no mistakes").contains("not looked at: the bucket (");
    }

    @Test
    void everyMistakeIsToldAtOnceWithItsPlaceAndNoSecret() throws IOException {
        write("""
                audit-key: s3cr3t
                upload-memroy: 64MiB
                idle-timeout: soon
                sftp-port:
                colour: blue
                """);
        assertThat(check(1, "--check")).contains("gateway.yml:4: ");
        write("""
                audit-key: s3cr3t
                upload-memroy: 64MiB
                idle-timeout: soon
                colour: blue
                """);
        environment.put("INTAKE_SESSONS", "5");
        environment.put("INTAKE_STRANGERS", "none");
        environment.put("INTAKE_MANAGEMENT_PORT", "many");
        assertThat(check(1, "--check"))
                .contains("gateway.yml:1: audit-key: at least 32")
                .contains("gateway.yml:2: upload-memroy: there is no such setting; did you mean upload-memory?")
                .contains("gateway.yml:3: idle-timeout: a time such as")
                .contains("gateway.yml:4: colour: there is no such setting")
                .contains("INTAKE_SESSONS: there is no such setting; did you mean INTAKE_SESSIONS?")
                .contains("INTAKE_STRANGERS: a whole number")
                .contains("INTAKE_MANAGEMENT_PORT: a whole number")
                .contains("INTAKE_HOST_KEY")
                .contains("INTAKE_BUCKET is not set")
                .doesNotContain("s3cr3t");
    }

    @Test
    void aFileThatIsNotThereIsAMistake() {
        assertThat(check(1, "--check")).contains("INTAKE_CONFIG_FILE: cannot be read (NoSuchFileException)");
    }

    @Test
    void aBucketThatDoesNotAnswerIsFoundOnlyWhenAskedFor() throws IOException {
        write(complete() + "s3-endpoint: http://127.0.0.1:1\ns3-access-key: a\ns3-secret-key: s3cr3t\n");
        check(0, "--check");
        assertThat(check(1, "--check", "--online"))
                .contains("INTAKE_BUCKET: the bucket cannot be listed (")
                .doesNotContain("s3cr3t");
        assertThat(check(1, "--online")).contains("the only arguments are");
    }

    @Test
    void secretsAreReadOnlyWhenAskedForAndTheirNamesAreChecked() throws IOException {
        String encrypted = complete().replace("naming: natural", "name-keys-secret: secretsmanager:intake/name-keys");
        write(encrypted);
        check(0, "--check");
        write(encrypted.replace("secretsmanager:", ""));
        assertThat(check(1, "--check")).contains("name-keys-secret: the name of a secret is needed");
    }

    /** The table is what people go by: neither may a setting be missing there, nor one be there that does nothing. */
    @Test
    void theDocumentationsTableHasEverySettingAndNoOther() throws IOException {
        GatewaySettings settings = GatewaySettings.read(Map.of());
        List<String> ignored = GatewayMain.problemsOf(settings);
        String text = Files.readString(Path.of("../docs/gateway.md"));
        TreeSet<String> documented = Pattern.compile("^\\|[^|]*\\|", Pattern.MULTILINE)
                .matcher(text)
                .results()
                .flatMap(row -> Pattern.compile("`((INTAKE|AWS)_[A-Z0-9_]+)`")
                        .matcher(row.group())
                        .results()
                        .map(name -> name.group(1)))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(documented).isEqualTo(new TreeSet<>(settings.known()));
    }
}
