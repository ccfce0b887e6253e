package io.intake.processors.forward.redox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.config.HttpAccess;
import io.intake.config.Limits;
import io.intake.config.OAuth;
import io.intake.config.OAuth.Proof;
import io.intake.config.RedoxTarget;
import io.intake.processors.HttpScript;
import io.intake.processors.HttpScript.Answer;
import io.intake.processors.Json;
import io.intake.processors.Secrets;
import io.intake.processors.TestClock;
import io.intake.processors.forward.Deliverable;
import io.intake.processors.forward.EngineAnswer;
import io.intake.processors.forward.EngineAnswer.Partly;
import io.intake.processors.forward.EngineAnswer.Refused;
import io.intake.processors.forward.EngineAnswer.Taken;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.http.HttpExchanges;
import io.intake.processors.forward.shape.Shaped;
import io.intake.processors.forward.shape.Shapes;
import java.io.IOException;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A message that Redox has no log of reaches nobody; one sent to the wrong destination is a breach. */
class RedoxAdapterTest {
    private static final Answer TOKEN = Answer.of(200, "{\"access_token\":\"t1\",\"expires_in\":300}");
    private static final String VISIT =
            "{\"Meta\":{\"DataModel\":\"Order\",\"EventType\":\"New\",\"EventDateTime\":\"2026-03-04T05:06:07Z\",\"Test\":false,"
                    + "\"Destinations\":[{\"ID\":\"elsewhere\"}],\"Source\":{\"ID\":\"else\"}},\"Order\":{\"ID\":1.10}}";

    private final TestClock clock = new TestClock();
    private final HttpScript tokens = new HttpScript(TOKEN);
    private final HttpScript redox = new HttpScript(logs("log-1"));
    private final HttpScript blobs = new HttpScript(Answer.of(200, "{\"URI\":\"https://blob.example/17\"}"));
    private final HttpExchanges exchanges;
    private final RedoxAdapter adapter;
    private Duration shaping = Duration.ZERO;

    RedoxAdapterTest() throws NoSuchAlgorithmException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2_048);
        String key = "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder()
                        .encodeToString(generator.generateKeyPair().getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
        exchanges = new HttpExchanges(new Secrets(_ -> null, _ -> key, clock), clock, () -> "id");
        Shapes asTheyAre = (job, batch) -> {
            clock.advance(shaping);
            List<byte[]> records = new ArrayList<>();
            for (int i = 0; i < batch.records(); i++) {
                records.add(batch.record(i));
            }
            return new Shaped.Ready(records, Shaped.Kind.JSON);
        };
        adapter = new RedoxAdapter(exchanges, clock, asTheyAre);
    }

    @AfterEach
    void stop() {
        adapter.close();
        exchanges.close();
        tokens.close();
        redox.close();
        blobs.close();
    }

    private static Answer logs(String... ids) {
        return Answer.of(
                200,
                "{\"Meta\":{\"Logs\":[%s]}}"
                        .formatted(String.join(
                                ",",
                                List.of(ids).stream()
                                        .map(id -> "{\"ID\":\"" + id + "\"}")
                                        .toList())));
    }

    private RedoxTarget target(@Nullable String model, @Nullable String source, String... destinations) {
        OAuth oauth = new OAuth(tokens.uri("/v2/auth/token"), "c", Proof.RS384, "secret:redox/key", "k", null, null);
        return new RedoxTarget(
                redox.uri(""),
                blobs.uri("/upload"),
                new HttpAccess(null, oauth, null, Map.of()),
                model,
                model == null ? null : "New",
                source,
                List.of(destinations),
                true);
    }

    private EngineAnswer send(RedoxTarget target, String... records) {
        return adapter.send(Deliverable.engine(target), target, Deliverable.job(), Deliverable.batch(records));
    }

    private JsonNode message(int number) throws IOException {
        return Json.exact().readTree(redox.received().get(number).body());
    }

    @Test
    void aMessageGoesWhereTheConfigurationSaysWhateverTheRecordSays() throws IOException {
        assertThat(send(target(null, "src-1", "dest-1"), VISIT)).isEqualTo(new Taken("log-1"));
        assertThat(redox.paths()).containsExactly("/endpoint");
        assertThat(redox.received().getFirst().headers())
                .containsEntry("authorization", "Bearer t1")
                .containsEntry("content-type", "application/json");
        assertThat(message(0).toString())
                .isEqualTo(
                        "{\"Meta\":{\"DataModel\":\"Order\",\"EventType\":\"New\",\"EventDateTime\":\"2026-03-04T05:06:07Z\","
                                + "\"Test\":true,\"Destinations\":[{\"ID\":\"dest-1\"}],\"Source\":{\"ID\":\"src-1\"}},"
                                + "\"Order\":{\"ID\":1.10}}");
        send(target("PatientAdmin", null, "dest-1"), "{\"Patient\":{}}");
        assertThat(message(1).path("Meta").path("DataModel").asText()).isEqualTo("PatientAdmin");
        assertThat(message(1).path("Meta").has("Source")).isFalse();
        assertThat(tokens.received()).hasSize(1);
    }

    @Test
    void aBatchIsAMessageForEachRecordAndItsLogsAreKept() {
        redox.then(logs("a"), logs("b"), logs("c"));
        assertThat(send(target("Order", null, "d"), "{}", "{}", "{}")).isEqualTo(new Taken("a,b,c"));
        assertThat(redox.received()).hasSize(3);
    }

    @Test
    void whatWasTakenBeforeAFailureIsSaid() {
        redox.then(logs("a"), logs("b"), Answer.of(400, "MRN 4711"), logs("d"));
        assertThat(send(target("Order", null, "d"), "{}", "{}", "{}", "{}"))
                .isEqualTo(new Partly(2, "a,b", new Refused("HTTP_400")));
        assertThat(redox.received()).hasSize(3);
    }

    @Test
    void aMessageThatMightBeCutOffByTimeWaitsForTheNextAttempt() {
        RedoxTarget target = target("Order", null, "d");
        shaping = Deliverable.engine(target).timeout().dividedBy(2);
        assertThat(send(target, "{}", "{}")).isEqualTo(new Taken("log-1,log-1"));
        shaping = shaping.plusNanos(1);
        assertThat(send(target, "{}", "{}")).isEqualTo(new Partly(1, "log-1", new Unavailable("GOES_ON", null, true)));
        assertThat(redox.received()).hasSize(3);
    }

    @Test
    void twoHundredWithoutALogForEachDestinationIsNoDelivery() {
        redox.then(
                Answer.of(200),
                Answer.of(200, "{\"Meta\":{\"Logs\":[]}}"),
                Answer.of(200, "{\"Meta\":{\"Logs\":[{\"ID\":\"\"},{\"ID\":\"1\"}]}}"),
                Answer.of(202, "{\"Meta\":{\"Logs\":[{\"ID\":\"1\"},{\"ID\":\"2\"}]}}"),
                logs("1", "2"));
        RedoxTarget both = target("Order", null, "d", "e");
        for (int i = 0; i < 4; i++) {
            assertThat(send(both, "{}")).isEqualTo(new Unavailable("REDOX_NO_LOGS", null, false));
        }
        assertThat(send(both, "{}")).isEqualTo(new Taken("1,2"));
    }

    @Test
    void aRefusedTokenIsRenewedOnce() {
        redox.then(Answer.of(401), logs("a"));
        assertThat(send(target("Order", null, "d"), "{}")).isEqualTo(new Taken("a"));
        redox.then(Answer.of(401), Answer.of(401));
        assertThat(send(target("Order", null, "d"), "{}")).isEqualTo(new Unavailable("TOKEN_REFUSED", null, false));
    }

    @Test
    void whatIsNoMessageIsNotSent() {
        assertThat(send(target("Order", null, "d"), "{}", "[]")).isEqualTo(new Refused("NO_REDOX_MESSAGE"));
        assertThat(send(target(null, null, "d"), "{\"Meta\":{\"DataModel\":\"Order\"}}"))
                .isEqualTo(new Refused("NO_REDOX_MESSAGE"));
        String third = "\"" + "y".repeat(13_400_000) + "\"";
        assertThat(send(target("Order", null, "d"), "{\"x\":[" + third + "," + third + "," + third + "]}"))
                .isEqualTo(new Refused("BODY_TOO_LARGE"));
        assertThat(redox.received()).isEmpty();
    }

    @Test
    void aFileIsUploadedAndThenSpokenOf() throws IOException {
        RedoxTarget target = target(null, null, "d");
        byte[] content = {'%', 'P', 'D', 'F', 0, (byte) 0xff};
        assertThat(adapter.send(
                        Deliverable.engine(target),
                        target,
                        Deliverable.fileJob("application/pdf"),
                        Deliverable.file("Röntgen.pdf", content)))
                .isEqualTo(new Taken("log-1"));
        String upload = new String(blobs.received().getFirst().bytes(), java.nio.charset.StandardCharsets.ISO_8859_1);
        String type = blobs.received().getFirst().headers().getOrDefault("content-type", "");
        assertThat(type).startsWith("multipart/form-data; boundary=");
        String boundary = type.substring(type.indexOf('=') + 1);
        assertThat(upload)
                .startsWith("--" + boundary + "\r\n")
                .contains("name=\"file\"")
                .contains("\r\n\r\n%PDF\0\u00ff\r\n--" + boundary + "--\r\n");
        assertThat(message(0).path("Media").toString())
                .isEqualTo(
                        "{\"FileType\":\"pdf\",\"FileName\":\"Röntgen.pdf\",\"FileContents\":\"https://blob.example/17\"}");
        assertThat(message(0).path("Meta").path("DataModel").asText()).isEqualTo("Media");
    }

    @Test
    void aFileThatIsNowhereIsSpokenOfByNobody() {
        RedoxTarget target = target(null, null, "d");
        blobs.then(Answer.of(200, "{}"), Answer.of(503));
        for (EngineAnswer expected :
                List.of(new Unavailable("REDOX_NO_URI", null, false), new Unavailable("HTTP_503", null, true))) {
            assertThat(adapter.send(
                            Deliverable.engine(target),
                            target,
                            Deliverable.fileJob("application/pdf"),
                            Deliverable.file("x.pdf", new byte[1])))
                    .isEqualTo(expected);
        }
        assertThat(adapter.send(
                        Deliverable.engine(target),
                        target,
                        Deliverable.fileJob("application/pdf"),
                        Deliverable.file("x.pdf", new byte[30_000_001])))
                .isEqualTo(new Refused("FILE_TOO_LARGE"));
        assertThat(redox.received()).isEmpty();
    }

    @Test
    void redoxAllowsSoMuchAndEachRecordCounts() {
        RedoxTarget target = target(null, null, "d");
        assertThat(target.limits()).isEqualTo(new Limits(new Limits.Rate(7_500, Duration.ofMinutes(5)), 0));
        assertThat(target.requestPerRecord()).isTrue();
    }
}
