package io.intake.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.config.MllpTarget.Acknowledgement;
import io.intake.config.MllpTarget.ApplicationError;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** An engine that is reached at the wrong port, or trusted without its authority, takes patients' data. */
class MllpConfigurationTest {
    private static final String DELIVER = "deliver: { engine: adt, as: file }";

    private static String yaml(String deliver, String engine) {
        return """
                partners:
                  - id: st-marys
                    login:
                      public-keys: ["KEY"]
                    feeds:
                      - id: adt
                        match: '.*\\.hl7'
                        DELIVER
                engines:
                  adt:
                    ENGINE
                """.replace("KEY", Examples.PUBLIC_KEY)
                .replace("DELIVER", deliver)
                .replace("ENGINE", engine);
    }

    private static Configuration parse(String engine) {
        return ConfigurationParser.parse("f", yaml(DELIVER, engine));
    }

    private static List<String> problems(String deliver, String engine) {
        return Assertions.catchThrowableOfType(
                        ConfigurationException.class, () -> ConfigurationParser.parse("f", yaml(deliver, engine)))
                .problems();
    }

    @Test
    void theFewestKeysMeanAConnectionInClear() {
        assertThat(parse("{ type: mllp, host: adt.example, port: 2575 }").engines())
                .containsEntry(
                        "adt",
                        new Engine(
                                "adt",
                                new MllpTarget(
                                        "adt.example",
                                        2575,
                                        Duration.ofSeconds(10),
                                        null,
                                        Acknowledgement.COMMIT,
                                        ApplicationError.REFUSE),
                                Duration.ofSeconds(30)));
    }

    @Test
    void everyKeyIsRead() {
        String engine = "{ type: mllp, host: 192.0.2.7, port: 1, timeout: 5s, connect-timeout: 2s, tls: { ca: secret:a,"
                + " certificate: secret:b, key: secret:c, server-name: adt }, acknowledgement: application,"
                + " application-error: retry }";
        assertThat(parse(engine).engines())
                .containsEntry(
                        "adt",
                        new Engine(
                                "adt",
                                new MllpTarget(
                                        "192.0.2.7",
                                        1,
                                        Duration.ofSeconds(2),
                                        new TlsSetting("secret:a", "secret:b", "secret:c", "adt"),
                                        Acknowledgement.APPLICATION,
                                        ApplicationError.RETRY),
                                Duration.ofSeconds(5)));
        assertThat(parse("{ type: mllp, host: '2001:db8::1', port: 1, tls: true }")
                        .engines()
                        .toString())
                .doesNotContain("2001");
    }

    @Test
    void allMistakesAreReportedTogether() {
        assertThat(problems(DELIVER, """
                type: mllp
                    host: mllp://adt.example
                    port: 70000
                    connect-timeout: 5m
                    tls: { ca: "-----BEGIN", key: secret:k, cert: secret:c }
                    acknowledgement: maybe
                    application-error: ignore
                    url: http://x
                """))
                .containsExactly(
                        "f:12: 'host' must be a host's name or address, without scheme or port",
                        "f:13: 'port' must be a whole number from 1 to 65,535",
                        "f:14: 'connect-timeout' must be a duration such as 30s or 5m, from 1s to 2m",
                        "f:15: unknown key 'cert' in 'tls'; known are ca, certificate, key, server-name",
                        "f:15: 'certificate' and 'key' are given together or not at all",
                        "f:15: 'ca' must be secret:NAME, the name of a secret",
                        "f:16: 'acknowledgement' must be one of commit, application",
                        "f:17: 'application-error' must be one of refuse, retry",
                        "f:18: unknown key 'url' in an engine; known are acknowledgement, application-error,"
                                + " concurrency, connect-timeout, host, page-after, port, rate, timeout, tls, type");
        assertThat(problems(DELIVER, "{ type: mllp }"))
                .containsExactly("f:11: 'host' is missing", "f:11: 'port' is missing");
    }

    @Test
    void rowsAreNoMessagesUnlessATemplateMakesThem() {
        String template = yaml("deliver: { engine: adt, template: adt.hl7 }", "{ type: mllp, host: adt, port: 1 }");
        assertThat(ConfigurationParser.parse("f", template).partners()).hasSize(1);
        assertThat(problems("deliver: { engine: adt, template: adt.json }", "{ type: mllp, host: adt, port: 1 }"))
                .hasSize(1);
        assertThat(problems("deliver: { engine: adt }", "{ type: mllp, host: adt, port: 1 }"))
                .containsExactly("f:8: an engine of type mllp takes HL7 messages: 'deliver' needs a 'template'"
                        + " that ends with .hl7, or 'as: file' or 'as: members' for files that hold them");
    }

    @Test
    void aFileThatIsSentInPiecesMayBeLong() {
        String engine = "{ type: mllp, host: adt, port: 1 }";
        Configuration long5 =
                ConfigurationParser.parse("f", yaml("deliver: { engine: adt, as: file, max-bytes: 5 GiB }", engine));
        assertThat(long5.partners().getFirst().feeds().getFirst().files())
                .isEqualTo(new FileDelivery(false, "application/octet-stream", 5L << 30));
        assertThat(problems("deliver: { engine: adt, as: file, max-bytes: 6 GiB }", engine))
                .containsExactly("f:8: 'max-bytes' must be at most 5 GiB");
        assertThat(problems(
                        "deliver: { engine: adt, as: file, max-bytes: 65 MiB }", "{ type: http, url: http://adt/ }"))
                .containsExactly("f:8: 'max-bytes' must be at most 64 MiB");
    }
}
