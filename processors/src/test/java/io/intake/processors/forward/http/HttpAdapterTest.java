package io.intake.processors.forward.http;

import static org.assertj.core.api.Assertions.assertThat;

import de.siegmar.fastcsv.reader.CsvReader;
import io.intake.config.Engine;
import io.intake.config.HttpAccess;
import io.intake.config.HttpBody;
import io.intake.config.HttpBody.Form;
import io.intake.config.HttpBody.Method;
import io.intake.config.HttpTarget;
import io.intake.processors.HttpScript;
import io.intake.processors.HttpScript.Answer;
import io.intake.processors.HttpScript.Received;
import io.intake.processors.Json;
import io.intake.processors.Secrets;
import io.intake.processors.TestClock;
import io.intake.processors.forward.Batch;
import io.intake.processors.forward.Deliverable;
import io.intake.processors.forward.EngineAnswer;
import io.intake.processors.forward.EngineAnswer.Refused;
import io.intake.processors.forward.EngineAnswer.Taken;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.shape.Shapes;
import io.intake.processors.job.Job;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A batch counted as taken that was not is lost; one counted as lost that was taken comes twice. */
class HttpAdapterTest {
    private static final Batch TWO =
            Deliverable.batch("{\"A\":\"1\",\"B\":null}", "{\"A\":\"x, \\\"y\\\"\\n\",\"C\":\" \"}");

    private final TestClock clock = new TestClock();
    private final HttpScript engine = new HttpScript(Answer.of(200));
    private final Map<String, String> vault = new LinkedHashMap<>();
    private final HttpExchanges exchanges =
            new HttpExchanges(new Secrets(_ -> null, vault::get, clock), clock, () -> "id");
    private final HttpAdapter adapter = new HttpAdapter(exchanges, clock, Shapes.PLAIN);

    @AfterEach
    void stop() {
        adapter.close();
        exchanges.close();
        engine.close();
    }

    private static HttpBody body(Form form) {
        return new HttpBody(Method.POST, form, null, false, HttpBody.MOST, null);
    }

    private EngineAnswer send(HttpBody body, Job job, Batch batch) {
        HttpTarget target = new HttpTarget(engine.uri("/in"), HttpAccess.NONE, body);
        return adapter.send(Deliverable.engine(target), target, job, batch);
    }

    private Received sent(Form form) {
        assertThat(send(body(form), Deliverable.job(), TWO)).isEqualTo(new Taken(null));
        return engine.received().getLast();
    }

    @Test
    void recordsGoAsAnObjectAnArrayOrLines() throws IOException {
        Received object = sent(Form.JSON);
        assertThat(object.headers()).containsEntry("content-type", "application/json");
        assertThat(Json.exact().readTree(object.body()).path("records")).hasSize(2);
        Received array = sent(Form.JSON_ARRAY);
        assertThat(Json.exact().readTree(array.body()).path(1).path("A").asText())
                .isEqualTo("x, \"y\"\n");
        Received lines = sent(Form.NDJSON);
        assertThat(lines.headers()).containsEntry("content-type", "application/x-ndjson");
        assertThat(lines.body().lines()).hasSize(2);
        assertThat(lines.body()).endsWith("}\n");
    }

    @Test
    void rowsAreReadByAnotherReaderOfCsvAsTheyWere() {
        Received csv = sent(Form.CSV);
        assertThat(csv.headers().get("content-type")).startsWith("text/csv");
        assertThat(CsvReader.builder().ofCsvRecord(csv.body()).stream().map(row -> row.getFields()))
                .containsExactly(List.of("A", "B", "C"), List.of("1", "", ""), List.of("x, \"y\"\n", "", " "));
        assertThat(csv.body()).startsWith("A,B,C\r\n").endsWith("\r\n");
    }

    @Test
    void recordsThatHoldOthersAreNoRows() {
        assertThat(send(body(Form.CSV), Deliverable.job(), Deliverable.batch("{\"A\":[1]}")))
                .isEqualTo(new Refused("NOT_TABULAR"));
        assertThat(engine.received()).isEmpty();
    }

    @Test
    void bodiesCanBeCompressedPutAndNamedOtherwise() throws IOException {
        HttpBody how = new HttpBody(Method.PUT, Form.NDJSON, "application/vnd.lab+json", true, HttpBody.MOST, null);
        send(how, Deliverable.job(), TWO);
        Received got = engine.received().getLast();
        assertThat(got.headers())
                .containsEntry("content-encoding", "gzip")
                .containsEntry("content-type", "application/vnd.lab+json");
        assertThat(engine.methods()).containsExactly("PUT");
        try (GZIPInputStream plain = new GZIPInputStream(new ByteArrayInputStream(got.bytes()))) {
            assertThat(new String(plain.readAllBytes(), StandardCharsets.UTF_8).lines())
                    .hasSize(2);
        }
    }

    @Test
    void filesGoByteForByte() {
        byte[] content = {0, 1, (byte) 0xff, '\r', '\n'};
        assertThat(send(body(Form.JSON), Deliverable.fileJob("application/pdf"), Deliverable.file("Ä b.pdf", content)))
                .isInstanceOf(Taken.class);
        Received got = engine.received().getLast();
        assertThat(got.bytes()).isEqualTo(content);
        assertThat(got.headers())
                .containsEntry("content-type", "application/pdf")
                .containsEntry("content-disposition", "attachment; filename*=UTF-8''%C3%84%20b.pdf");
    }

    @Test
    void aTestSaysSo() {
        send(HttpBody.DEFAULT, Deliverable.job(), TWO);
        send(HttpBody.DEFAULT, Deliverable.testJob(), TWO);
        assertThat(engine.received().getFirst().headers()).doesNotContainKey("intake-mode");
        assertThat(engine.received().getLast().headers()).containsEntry("intake-mode", "test");
    }

    @Test
    void aBodyThatIsTooLargeIsCutBeforeItIsSent() {
        HttpBody small = new HttpBody(Method.POST, Form.NDJSON, null, true, 30, null);
        assertThat(send(small, Deliverable.job(), TWO)).isEqualTo(new Refused("BODY_TOO_LARGE"));
        assertThat(send(small, Deliverable.job(), TWO.part(0, 1))).isInstanceOf(Taken.class);
        assertThat(engine.received()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "302,false",
        "401,false",
        "403,false",
        "404,false",
        "405,false",
        "415,false",
        "409,true",
        "408,true",
        "425,true",
        "429,true",
        "500,true",
        "502,true",
        "503,true",
        "504,true"
    })
    void whatIsTheEnginesFaultIsNotTheRecords(int status, boolean soon) {
        engine.then(new Answer(status, Map.of("Location", "/records/"), "MRN 4711"));
        assertThat(send(HttpBody.DEFAULT, Deliverable.job(), TWO))
                .isEqualTo(new Unavailable("HTTP_" + status, null, soon));
        assertThat(engine.received()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"400", "413", "422"})
    void whatIsTheRecordsFaultIsNotTriedAgain(int status) {
        engine.then(Answer.of(status, "MRN 4711"));
        assertThat(send(HttpBody.DEFAULT, Deliverable.job(), TWO)).isEqualTo(new Refused("HTTP_" + status));
    }

    @Test
    void anAnswerThatMustSaySomethingIsNoneWithoutIt() {
        HttpBody strict = new HttpBody(Method.POST, Form.JSON, null, false, HttpBody.MOST, "\"status\": ?\"accepted\"");
        engine.then(
                Answer.of(200, "<html>Please log in, MRN 4711</html>"),
                Answer.of(200),
                Answer.of(202, "{\"status\":\"accepted\"}"));
        Unavailable strange = new Unavailable("ANSWER_NOT_EXPECTED", null, false);
        assertThat(send(strict, Deliverable.job(), TWO)).isEqualTo(strange);
        assertThat(send(strict, Deliverable.job(), TWO)).isEqualTo(strange);
        assertThat(send(strict, Deliverable.job(), TWO)).isEqualTo(new Taken(null));
    }

    @Test
    void aConnectionThatIsCutAfterTheRequestLeavesTheOutcomeOpen() {
        engine.then(Answer.of(0));
        assertThat(send(HttpBody.DEFAULT, Deliverable.job(), TWO))
                .isEqualTo(new Unavailable("CONNECTION_LOST", null, true));
        assertThat(engine.received()).isNotEmpty();
    }

    @Test
    void anAnswerWhoseBodyNeverEndsTimesOut() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try {
                    Socket socket = server.accept();
                    socket.getOutputStream()
                            .write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx"
                                    .getBytes(StandardCharsets.US_ASCII));
                    // Held open until the test ends: closed by the end of the process
                    held = socket;
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            HttpTarget target = new HttpTarget(URI.create("http://127.0.0.1:" + server.getLocalPort() + "/"), null);
            Engine impatient = new Engine("lab", target, Duration.ofMillis(700));
            assertThat(adapter.send(impatient, target, Deliverable.job(), TWO))
                    .isEqualTo(new Unavailable("TIMED_OUT", null, true));
        }
    }

    private volatile @Nullable Socket held;

    @Test
    void headersAndSecretsAreSentAndAbsentOnesWaitedFor() {
        HttpAccess access = new HttpAccess(
                "secret:lab/token", null, null, Map.of("X-Api-Key", "secret:lab/key", "X-Source", "intake"));
        HttpTarget target = new HttpTarget(engine.uri("/in"), access, HttpBody.DEFAULT);
        assertThat(adapter.send(Deliverable.engine(target), target, Deliverable.job(), TWO))
                .isEqualTo(new Unavailable("SECRET_ABSENT", null, false));
        vault.put("lab/token", "Bearer t0k");
        vault.put("lab/key", "two\nlines");
        assertThat(adapter.send(Deliverable.engine(target), target, Deliverable.job(), TWO))
                .isEqualTo(new Unavailable("SECRET_UNUSABLE", null, false));
        vault.put("lab/key", "k3y");
        clock.advance(Duration.ofMinutes(6));
        assertThat(adapter.send(Deliverable.engine(target), target, Deliverable.job(), TWO))
                .isInstanceOf(Taken.class);
        assertThat(engine.received().getLast().headers())
                .containsEntry("authorization", "Bearer t0k")
                .containsEntry("x-api-key", "k3y")
                .containsEntry("x-source", "intake");
        assertThat(target + " " + access).doesNotContain("lab/").doesNotContain("127.0.0.1");
    }
}
