package io.intake.gateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An alarm on a metric that nobody writes, or a count that grows for ever, wakes nobody or everybody. */
class CloudWatchLinesTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private final GatewayMetrics metrics = new GatewayMetrics();
    private final List<String> written = new ArrayList<>();
    private final CloudWatchLines lines =
            new CloudWatchLines(metrics, "prod", 200, InstantSource.fixed(NOW), written::add);

    @BeforeEach
    void gauges() {
        metrics.gauge("intake.gateway.ready", null, "ready", () -> 1);
        metrics.gauge("intake.gateway.sessions", "sessions", "state", "logged_in", () -> 25);
        metrics.gauge("intake.gateway.sessions", "sessions", "state", "not_logged_in", () -> 5);
        metrics.gauge("intake.gateway.uploads.open", null, "open", () -> 7);
        metrics.gauge("intake.gateway.upload.memory.used", "bytes", "used", () -> 64 << 20);
        metrics.gauge("intake.gateway.upload.memory.capacity", "bytes", "capacity", () -> 256 << 20);
    }

    @AfterEach
    void close() {
        metrics.close();
    }

    private JsonNode next() throws IOException {
        lines.write();
        assertThat(written.getLast()).doesNotContain("\n");
        return new ObjectMapper().readTree(written.getLast());
    }

    @Test
    void aLineDeclaresEveryMetricThatItHolds() throws IOException {
        JsonNode line = next();
        assertThat(line.at("/_aws/Timestamp").asLong()).isEqualTo(NOW.toEpochMilli());
        JsonNode directive = line.at("/_aws/CloudWatchMetrics/0");
        assertThat(directive.path("Namespace").asText()).isEqualTo("Intake/Gateway");
        assertThat(directive.path("Dimensions").toString()).isEqualTo("[[\"Stage\"]]");
        assertThat(line.path("Stage").asText()).isEqualTo("prod");
        List<String> declared = new ArrayList<>(List.of("_aws", "Stage"));
        directive
                .path("Metrics")
                .forEach(metric -> declared.add(metric.path("Name").asText()));
        List<String> held = new ArrayList<>();
        line.fieldNames().forEachRemaining(held::add);
        assertThat(held).isEqualTo(declared).doesNotHaveDuplicates();
    }

    @Test
    void gaugesAreAsTheyStand() throws IOException {
        JsonNode line = next();
        assertThat(line.path("Ready").asDouble()).isEqualTo(1);
        assertThat(line.path("Sessions").asDouble()).isEqualTo(30);
        assertThat(line.path("SessionsUsed").asDouble()).isEqualTo(15);
        assertThat(line.path("UploadMemoryUsed").asDouble()).isEqualTo(25);
        assertThat(line.path("UploadsOpen").asDouble()).isEqualTo(7);
    }

    @Test
    void countersTellWhatCameSinceTheLastLine() throws IOException {
        metrics.partner("a").uploaded("published", 10);
        metrics.partner("b").uploaded("published", 10);
        metrics.partner("b").uploaded("failed", 0);
        metrics.partner("a").received(1_000);
        metrics.login("a", "refused", "publickey", "key");
        metrics.storeFailure("put", "transient");
        metrics.storeFailure("head", "absent");
        JsonNode first = next();
        assertThat(first.path("UploadsPublished").asDouble()).isEqualTo(2);
        assertThat(first.path("UploadsFailed").asDouble()).isEqualTo(1);
        assertThat(first.path("BytesReceived").asDouble()).isEqualTo(1_000);
        assertThat(first.path("LoginsRefused").asDouble()).isEqualTo(1);
        assertThat(first.path("StoreErrors").asDouble()).isEqualTo(1);
        metrics.partner("b").uploaded("published", 10);
        JsonNode second = next();
        assertThat(second.path("UploadsPublished").asDouble()).isEqualTo(1);
        assertThat(second.path("UploadsFailed").asDouble()).isZero();
        assertThat(second.path("BytesReceived").asDouble()).isZero();
    }

    @Test
    void everyMetricThatTheDeploymentWatchesIsWritten() throws IOException {
        JsonNode line = next();
        Pattern named = Pattern.compile(
                "\\.\\.\\.own, MetricName: '(\\w+)'|own\\('(\\w+)'|MetricName: (SessionsUsed|UploadMemoryUsed)\\b");
        int found = 0;
        for (String file : List.of("alarms.cjs", "gateway.yml")) {
            Matcher matcher = named.matcher(Files.readString(Path.of("..", "deploy", file)));
            while (matcher.find()) {
                String name = matcher.group().replaceAll(".*?(\\w+)'?$", "$1");
                assertThat(line.has(name)).as("%s in %s", name, file).isTrue();
                found++;
            }
        }
        assertThat(found).isGreaterThan(10);
    }

    @Test
    void settingsAreReadWithTheirMistakes() {
        List<String> problems = new ArrayList<>();
        assertThat(CloudWatchSetting.read(Map.of(), problems)).isEmpty();
        assertThat(CloudWatchSetting.read(Map.of("INTAKE_CLOUDWATCH_METRICS", "60s", "INTAKE_STAGE", "prod"), problems))
                .contains(new CloudWatchSetting(Duration.ofSeconds(60), "prod"));
        assertThat(problems).isEmpty();
        for (String bad : List.of("0s", "60", "1m", "-1s", "99999s")) {
            assertThat(CloudWatchSetting.read(Map.of("INTAKE_CLOUDWATCH_METRICS", bad), problems))
                    .isEmpty();
        }
        assertThat(CloudWatchSetting.read(Map.of("INTAKE_STAGE", "pro d"), problems))
                .isEmpty();
        assertThat(problems).hasSize(6).last().asString().contains("INTAKE_STAGE");
    }
}
