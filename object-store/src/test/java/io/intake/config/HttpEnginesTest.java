package io.intake.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.intake.config.OAuth.Proof;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A mistake that shows with the first file of the night wakes somebody; one that is not seen sends records the wrong way. */
class HttpEnginesTest {
    private static final String HTTP = """
                type: http
                url: https://lake.example/in
                method: put
                format: ndjson
                content-type: application/vnd.lake+json
                gzip: true
                max-body: 10 MiB
                answer: 'accepted|queued'
                headers: { X-Source: intake, X-Api-Key: "secret:lake/api-key" }
                oauth: { token-url: "https://login.example/token", client-id: intake, client-secret: "secret:lake/client", client-auth: post, scope: lake.write }
                tls: { ca: "secret:lake/ca", certificate: "secret:lake/cert", key: "secret:lake/key" }
            """;
    private static final String REDOX = """
                type: redox
                url: https://api.example
                upload-url: https://blob.example/upload
                client-id: 3fa1-77
                key: secret:redox/key
                key-id: my key
                data-model: PatientAdmin
                event-type: NewPatient
                source: s-1
                destination: [d-1, d-2]
                test: true
            """;
    private static final String FHIR = """
                type: fhir
                url: https://fhir.example/r4
                identifier-system: urn:example:record
                gzip: true
                max-body: 5 MiB
                oauth: { token-url: "https://login.example/token", client-id: intake, private-key: "secret:fhir/key", key-id: k1, algorithm: ES384, audience: "https://login.example" }
            """;

    private static String yaml(String engine, String deliver) {
        return """
                partners:
                  - id: p
                    login: { public-keys: ["KEY"] }
                    feeds:
                      - id: f
                        match: '.*'
                        deliver: { engine: e, DELIVER }
                engines:
                  e:
                ENGINE""".replace("KEY", Examples.PUBLIC_KEY)
                .replace("DELIVER", deliver)
                .replace("ENGINE", engine);
    }

    private static Target target(String engine, String deliver) {
        Configuration read = ConfigurationParser.parse("f", yaml(engine, deliver));
        return Objects.requireNonNull(read.engines().get("e")).target();
    }

    private static List<String> problems(String engine, String deliver) {
        ConfigurationException refused = catchThrowableOfType(
                ConfigurationException.class, () -> ConfigurationParser.parse("f", yaml(engine, deliver)));
        return Objects.requireNonNull(refused, "accepted").problems();
    }

    @Test
    void anEngineReachedByHttpIsReadWithAllItsKeys() {
        assertThat(target(HTTP, "batch: 5"))
                .isEqualTo(new HttpTarget(
                        URI.create("https://lake.example/in"),
                        new HttpAccess(
                                null,
                                new OAuth(
                                        URI.create("https://login.example/token"),
                                        "intake",
                                        Proof.POST,
                                        "secret:lake/client",
                                        null,
                                        "lake.write",
                                        null),
                                new ClientTls("secret:lake/ca", "secret:lake/cert", "secret:lake/key"),
                                Map.of("X-Source", "intake", "X-Api-Key", "secret:lake/api-key")),
                        new HttpBody(
                                HttpBody.Method.PUT,
                                HttpBody.Form.NDJSON,
                                "application/vnd.lake+json",
                                true,
                                10 << 20,
                                "accepted|queued")));
    }

    @Test
    void redoxIsReadWithAllItsKeys() {
        assertThat(target(REDOX, "template: visit.json"))
                .isEqualTo(new RedoxTarget(
                        URI.create("https://api.example"),
                        URI.create("https://blob.example/upload"),
                        new HttpAccess(
                                null,
                                new OAuth(
                                        URI.create("https://api.example/v2/auth/token"),
                                        "3fa1-77",
                                        Proof.RS384,
                                        "secret:redox/key",
                                        "my key",
                                        null,
                                        null),
                                null,
                                Map.of()),
                        "PatientAdmin",
                        "NewPatient",
                        "s-1",
                        List.of("d-1", "d-2"),
                        true));
    }

    @Test
    void aFhirServerIsReadWithAllItsKeys() {
        assertThat(target(FHIR, "template: patient.json"))
                .isEqualTo(new FhirTarget(
                        URI.create("https://fhir.example/r4"),
                        new HttpAccess(
                                null,
                                new OAuth(
                                        URI.create("https://login.example/token"),
                                        "intake",
                                        Proof.ES384,
                                        "secret:fhir/key",
                                        "k1",
                                        null,
                                        "https://login.example"),
                                null,
                                Map.of()),
                        URI.create("urn:example:record"),
                        true,
                        5 << 20));
    }

    @Test
    void aFeedsTemplateIsRead() {
        Configuration read = ConfigurationParser.parse("f", yaml(FHIR, "template: patient.json"));
        assertThat(read.partners().getFirst().feeds().getFirst().template()).isEqualTo("patient.json");
    }

    @Test
    void nothingOfATargetIsInItsText() {
        for (Target each : List.of(
                target(HTTP, "batch: 5"), target(REDOX, "template: v.json"), target(FHIR, "template: v.json"))) {
            assertThat(each.toString()).doesNotContain("secret").doesNotContain("example");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            method: put ~ method: get ~ f:12: 'method' must be one of post, put
            format: ndjson ~ format: xml ~ f:13: 'format' must be one of json, json-array, ndjson, csv, text
            gzip: true ~ gzip: maybe ~ f:15: 'gzip' must be true or false
            max-body: 10 MiB ~ max-body: 65 MiB ~ f:16: 'max-body' must be at most 64 MiB
            answer: 'accepted|queued' ~ answer: '(' ~ f:17: 'answer' is no regular expression: Unclosed group near character 2
            X-Source: intake ~ Host: intake ~ f:18: the header 'host' is set by other keys or by us
            X-Source: intake ~ "X Y": intake ~ f:18: a header's name must be 1 to 100 letters, digits and hyphens
            X-Source: intake ~ x-api-key: intake ~ f:18: a header is given twice
            client-secret: "secret:lake/client" ~ client-secret: hunter2 ~ f:19: 'client-secret' must be secret:NAME, the name of a secret
            client-secret: "secret:lake/client", ~ `` ~ f:19: 'oauth' needs either 'client-secret' or 'private-key'
            client-auth: post ~ client-auth: none ~ f:19: 'client-auth' must be one of basic, post
            client-auth: post ~ algorithm: RS384 ~ f:19: 'algorithm' is for 'private-key' only
            "https://login.example/token" ~ "http://login.example/token" ~ f:19: 'token-url' must begin with https://: what is sent there is a secret
            , key: "secret:lake/key" ~ `` ~ f:20: 'certificate' and 'key' are given together or not at all
            method: put ~ authorization: Basic eDp5 ~ f:12: 'authorization' and 'oauth' cannot both be given
            """)
    void mistakesInAnEngineOfHttpAreReported(String right, String wrong, String problem) {
        assertThat(HTTP).contains(right);
        assertThat(problems(HTTP.replace(right, wrong == null ? "" : wrong), "batch: 5"))
                .containsExactly(problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            key: secret:redox/key ~ key: MIIEvQ ~ f:14: 'key' must be secret:NAME, the name of a secret
            source: s-1 ~ source: 's 1' ~ f:18: 'source' must be an id of letters, digits and hyphens
            destination: [d-1, d-2] ~ destination: [] ~ f:19: 'destination' must have at least one entry
            event-type: NewPatient ~ test: false ~ f:16: 'data-model' and 'event-type' are given together or not at all
            https://api.example ~ http://api.example ~ f:11: 'url' must begin with https://: what is sent there is a secret
            """)
    void mistakesInRedoxAreReported(String right, String wrong, String problem) {
        String engine = REDOX.replace(right, wrong);
        assertThat(problems(
                        wrong.startsWith("test") ? engine.replace("    test: true\n", "") : engine, "template: v.json"))
                .contains(problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            identifier-system: urn:example:record ~ identifier-system: record ~ f:12: 'identifier-system' must be an absolute URI such as urn:example:record
            /r4 ~ /r4?x=1 ~ f:11: 'url' must be the server's base, without a query
            key-id: k1 ~ client-auth: basic ~ f:15: 'client-auth' is for 'client-secret' only
            ES384 ~ HS256 ~ f:15: 'algorithm' must be one of ES256, ES384, RS256, RS384
            """)
    void mistakesInAFhirServerAreReported(String right, String wrong, String problem) {
        assertThat(problems(FHIR.replace(right, wrong), "template: v.json")).containsExactly(problem);
    }

    @Test
    void aTemplateMustBeWhatItsEngineTakes() {
        assertThat(problems(HTTP, "template: v.hl7"))
                .containsExactly("f:7: the engine's 'format' takes JSON, so that the template must end with .json");
        assertThat(problems(HTTP.replace("ndjson", "text"), "batch: 5"))
                .containsExactly("f:7: the engine's 'format: text' needs a 'template'");
        assertThat(problems(HTTP, "as: file, template: v.json"))
                .containsExactly(
                        "f:7: 'template' shapes records, so that 'as: file' and 'as: members' cannot be given");
        assertThat(problems(REDOX, "batch: 5"))
                .containsExactly("f:7: an engine of type redox needs a 'template' that makes its data models");
        assertThat(problems(REDOX, "template: v.xml"))
                .containsExactly("f:7: an engine of type redox takes JSON: the template must end with .json");
        assertThat(problems(FHIR, "batch: 5"))
                .containsExactly("f:7: an engine of type fhir needs a 'template' that ends with .json");
        assertThat(problems(FHIR, "as: file"))
                .containsExactly("f:7: an engine of type fhir takes resources, so that 'as' cannot be given");
        assertThat(problems(FHIR, "template: ../x.json"))
                .contains("f:7: 'template' must be the name of a template: letters, digits and ._- that end with .json,"
                        + " .hl7, .xml or .txt");
    }

    @Test
    void filesGoToRedoxWithoutATemplate() {
        assertThat(target(REDOX, "as: file")).isInstanceOf(RedoxTarget.class);
    }
}
