package io.intake.gateway.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A load balancer that is told "ready" by a gateway that is not sends it a hospital's file. */
class ManagementServerTest {
    private final AtomicBoolean storeAnswers = new AtomicBoolean();
    private final AtomicBoolean live = new AtomicBoolean(true);
    private final Readiness readiness = new Readiness(storeAnswers::get);
    private final HttpClient http = HttpClient.newHttpClient();
    private ManagementServer server;

    @BeforeEach
    void start() throws IOException {
        server = ManagementServer.start(ManagementAddress.loopback(), () -> "some_metric 1.0\n", live::get, readiness);
    }

    @AfterEach
    void stop() {
        server.close();
        http.close();
    }

    private HttpResponse<String> ask(String method, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + server.address() + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private String get(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = ask("GET", path);
        return response.statusCode() + " " + response.body();
    }

    @Test
    void readinessNamesEveryReasonAgainstIt() throws Exception {
        assertThat(get("/ready"))
                .isEqualTo("503 {\"ready\":false,\"reasons\":"
                        + "[\"configuration not loaded\",\"not listening\",\"store does not answer\"]}");
        readiness.configured();
        storeAnswers.set(true);
        assertThat(get("/ready")).isEqualTo("503 {\"ready\":false,\"reasons\":[\"not listening\"]}");
        readiness.listening();
        assertThat(get("/ready")).isEqualTo("200 {\"ready\":true,\"reasons\":[]}");
        storeAnswers.set(false);
        assertThat(get("/ready")).isEqualTo("503 {\"ready\":false,\"reasons\":[\"store does not answer\"]}");
        storeAnswers.set(true);
        readiness.draining();
        assertThat(get("/ready")).isEqualTo("503 {\"ready\":false,\"reasons\":[\"draining\"]}");
    }

    @Test
    void livenessIsNotReadiness() throws Exception {
        assertThat(get("/live")).isEqualTo("200 {\"live\":true}");
        live.set(false);
        assertThat(get("/live")).isEqualTo("503 {\"live\":false}");
    }

    @Test
    void metricsAreTextAndEverythingElseIsRefused() throws Exception {
        HttpResponse<String> metrics = ask("GET", "/metrics");
        assertThat(metrics.body()).isEqualTo("some_metric 1.0\n");
        assertThat(metrics.headers().firstValue("content-type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(ask("HEAD", "/metrics").statusCode()).isEqualTo(200);
        assertThat(ask("POST", "/metrics").statusCode()).isEqualTo(405);
        assertThat(ask("GET", "/env").statusCode()).isEqualTo(404);
    }

    @Test
    void itListensOnLoopbackUnlessToldOtherwise() throws Exception {
        List<String> problems = new ArrayList<>();
        ManagementAddress address = ManagementAddress.read(Map.of(), problems);
        assertThat(InetAddress.getByName(address.host()).isLoopbackAddress()).isTrue();
        assertThat(address.port()).isEqualTo(9464);
        assertThat(ManagementAddress.read(
                        Map.of("INTAKE_MANAGEMENT_HOST", "10.0.0.1", "INTAKE_MANAGEMENT_PORT", "1"), problems))
                .isEqualTo(new ManagementAddress("10.0.0.1", 1));
        assertThat(problems).isEmpty();
        assertThat(ManagementAddress.read(Map.of("INTAKE_MANAGEMENT_PORT", "65536"), problems))
                .isNotNull();
        assertThat(problems).singleElement().asString().startsWith("INTAKE_MANAGEMENT_PORT: ");
    }
}
