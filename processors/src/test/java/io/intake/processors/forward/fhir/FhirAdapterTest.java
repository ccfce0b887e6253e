package io.intake.processors.forward.fhir;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.config.FhirTarget;
import io.intake.config.HttpAccess;
import io.intake.processors.Json;
import io.intake.processors.Secrets;
import io.intake.processors.TestClock;
import io.intake.processors.forward.Batch;
import io.intake.processors.forward.Deliverable;
import io.intake.processors.forward.EngineAnswer;
import io.intake.processors.forward.EngineAnswer.Refused;
import io.intake.processors.forward.EngineAnswer.Taken;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.fhir.StrictFhirServer.Fault;
import io.intake.processors.forward.http.HttpExchanges;
import io.intake.processors.forward.shape.Shaped;
import io.intake.processors.forward.shape.Shapes;
import io.intake.processors.job.Job;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A patient made twice has two half charts, and each doctor sees one of them. */
class FhirAdapterTest {
    private static final String PATIENT =
            "{\"resourceType\":\"Patient\",\"identifier\":[{\"value\":\"MRN-4711\"}],\"x\":1.50}";
    private static final String NOTE =
            "{\"resourceType\":\"Composition\",\"identifier\":{\"value\":\"c\"},\"meta\":{\"tag\":[{\"code\":\"t\"}]}}";

    private final TestClock clock = new TestClock();
    private final StrictFhirServer server = new StrictFhirServer();
    private final HttpExchanges exchanges =
            new HttpExchanges(new Secrets(_ -> null, _ -> null, clock), clock, () -> "id");
    private final Shapes shaped = (job, batch) -> {
        List<byte[]> records = new ArrayList<>();
        for (int i = 0; i < batch.records(); i++) {
            records.add(batch.record(i));
        }
        return new Shaped.Ready(records, Shaped.Kind.JSON);
    };
    private final FhirAdapter adapter = new FhirAdapter(exchanges, clock, shaped);

    @AfterEach
    void stop() {
        adapter.close();
        exchanges.close();
        server.close();
    }

    private EngineAnswer send(Batch batch) {
        return send(Deliverable.job(), batch);
    }

    private EngineAnswer send(Job job, Batch batch) {
        FhirTarget target =
                new FhirTarget(server.base(), HttpAccess.NONE, URI.create("urn:intake:record"), false, 1_000_000);
        return adapter.send(Deliverable.engine(target), target, job, batch);
    }

    private EngineAnswer send(String... records) {
        return send(Deliverable.batch(records));
    }

    @Test
    void aFileIsNoResource() {
        assertThat(send(Deliverable.fileJob("application/pdf"), Deliverable.file("scan.pdf", new byte[] {1})))
                .isEqualTo(new Refused("FILE_NOT_FOR_FHIR"));
    }

    @Test
    void whatIsSentAgainMakesNothingTwice() {
        Batch batch = Deliverable.batch(PATIENT, PATIENT, NOTE);
        server.then(new Fault(true, 0, ""), new Fault(true, 500, ""), new Fault(true, 200, "<html>"));
        assertThat(send(batch)).isEqualTo(new Unavailable("CONNECTION_LOST", null, true));
        assertThat(send(batch)).isEqualTo(new Unavailable("HTTP_500", null, true));
        assertThat(send(batch)).isEqualTo(new Unavailable("FHIR_ANSWER", null, false));
        assertThat(send(batch)).isEqualTo(new Taken("Bundle/b-1"));
        assertThat(server.resources()).hasSize(3);
        // However the batch is cut
        assertThat(send(batch.part(0, 1))).isInstanceOf(Taken.class);
        assertThat(send(batch.part(1, 3))).isInstanceOf(Taken.class);
        assertThat(server.resources()).hasSize(3);
    }

    @Test
    void resourcesKeepWhatTheyHaveAndGetAMark() {
        send(PATIENT, NOTE);
        JsonNode patient = server.resources().getFirst();
        assertThat(patient.path("identifier")).hasSize(2);
        assertThat(patient.path("identifier").path(0).path("value").asText()).isEqualTo("MRN-4711");
        assertThat(patient.path("identifier").path(1).path("system").asText()).isEqualTo("urn:intake:record");
        assertThat(patient.path("x").toString()).isEqualTo("1.50");
        JsonNode note = server.resources().getLast();
        assertThat(note.path("meta").path("tag")).hasSize(2);
        assertThat(note.path("identifier").toString()).isEqualTo("{\"value\":\"c\"}");
    }

    @Test
    void whatATestMakesIsLabelled() {
        assertThat(send(Deliverable.testJob(), Deliverable.batch(PATIENT))).isInstanceOf(Taken.class);
        assertThat(server.resources()
                        .getFirst()
                        .path("meta")
                        .path("security")
                        .path(0)
                        .path("code")
                        .asText())
                .isEqualTo("HTEST");
    }

    @Test
    void aRecordMayBecomeSeveralResources() {
        String bundle =
                "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"fullUrl\":\"urn:uuid:00000000-0000-0000-0000-000000000001\",\"resource\":"
                        + PATIENT
                        + ",\"request\":{\"method\":\"POST\",\"url\":\"Patient\",\"ifNoneExist\":\"identifier=urn%3Amrn%7C7\"}},{\"resource\":"
                        + NOTE + "}]}";
        assertThat(send(bundle, "[" + PATIENT + "," + NOTE + "]")).isInstanceOf(Taken.class);
        assertThat(server.resources()).hasSize(4);
        assertThat(send(bundle)).isInstanceOf(Taken.class);
        // The first says itself what it is known by, which the resource does not have
        assertThat(server.resources()).hasSize(5);
    }

    @Test
    void oneBadRecordIsRefusedWithTheServersWordAndNothingIsDone() {
        assertThat(send(PATIENT, "{\"resourceType\":\"Patient\",\"bad\":1}")).isEqualTo(new Refused("HTTP_422_VALUE"));
        assertThat(server.resources()).isEmpty();
    }

    @Test
    void aConditionThatSeveralMeetIsThatRecordsAlone() throws IOException {
        send(PATIENT);
        server.add(server.resources().getFirst());
        assertThat(send(PATIENT)).isEqualTo(new Refused("HTTP_412_MULTIPLE_MATCHES"));
    }

    @ParameterizedTest
    @CsvSource({
        "400,transient,HTTP_400_TRANSIENT,true",
        "422,lock-error,HTTP_422_LOCK_ERROR,true",
        "409,conflict,HTTP_409_CONFLICT,true",
        "403,forbidden,HTTP_403_FORBIDDEN,false",
        "503,MRN-4711,HTTP_503,true",
        "404,not-found,HTTP_404_NOT_FOUND,false",
        "201,x,FHIR_ANSWER,false",
        "302,x,HTTP_302,false"
    })
    void whatPassesIsTriedAgain(int status, String issue, String code, boolean soon) {
        server.then(new Fault(
                false,
                status,
                "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"information\",\"code\":\"informational\"},"
                        + "{\"severity\":\"error\",\"code\":\"" + issue + "\",\"diagnostics\":\"MRN-4711\"}]}"));
        assertThat(send(PATIENT)).isEqualTo(new Unavailable(code, null, soon));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            {"resourceType":"Bundle","type":"transaction-response","entry":[]} ~ Unavailable ~ FHIR_ANSWER
            {"resourceType":"Bundle","type":"batch-response","entry":[{"response":{"status":"201"}}]} ~ Unavailable ~ FHIR_ANSWER
            {"resourceType":"OperationOutcome"} ~ Unavailable ~ FHIR_ANSWER
            {"resourceType":"Bundle","type":"transaction-response","entry":[{"response":{"status":"404 MRN-4711"}}]} ~ Refused ~ FHIR_ENTRY_404
            {"resourceType":"Bundle","type":"transaction-response","entry":[{"response":{"status":"503 x"}}]} ~ Unavailable ~ FHIR_ENTRY_503
            {"resourceType":"Bundle","type":"transaction-response","entry":[{}]} ~ Unavailable ~ FHIR_ENTRY_NONE
            """)
    void twoHundredCountsOnlyWithAnAnswerForEachEntry(String body, String kind, String code) {
        server.then(new Fault(false, 200, body));
        EngineAnswer answer = send(PATIENT);
        assertThat(answer.getClass().getSimpleName()).isEqualTo(kind);
        assertThat(answer.toString()).contains(code).doesNotContain("4711");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            {}
            []
            7
            {"resourceType":"Bundle","type":"searchset","entry":[]}
            {"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"patient/../x"}}]}
            """)
    void whatIsNoResourceIsNotSent(String record) {
        assertThat(send(PATIENT, record)).isEqualTo(new Refused("NO_FHIR_RESOURCE"));
        assertThat(server.transactions()).isZero();
    }

    @Test
    void aTransactionThatIsTooLargeIsCut() {
        String large = "{\"resourceType\":\"Patient\",\"x\":\"" + "y".repeat(600_000) + "\"}";
        assertThat(send(large, large)).isEqualTo(new Refused("BODY_TOO_LARGE"));
        assertThat(send(large)).isInstanceOf(Taken.class);
        assertThat(Json.bytes(server.resources())).hasSizeGreaterThan(600_000);
    }
}
