package io.intake.processors.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.processors.telemetry.Metric;
import io.intake.processors.telemetry.Metrics;
import io.intake.processors.telemetry.Metrics.Dimension;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A misspelt word must not silently switch off what alarms wait for. */
class MetricSettingTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);

    private static Metrics read(Map<String, String> variables) {
        return MetricSetting.metrics(variables::get, CLOCK);
    }

    @Test
    void unlessAskedForThereAreNone() {
        assertThat(read(Map.of())).isSameAs(Metrics.NONE);
        assertThat(read(Map.of(MetricSetting.METRICS, "off"))).isSameAs(Metrics.NONE);
        assertThat(read(Map.of(MetricSetting.METRICS, " "))).isSameAs(Metrics.NONE);
    }

    @Test
    void whatCannotBeUsedIsRefused() {
        assertThatThrownBy(() -> read(Map.of(MetricSetting.METRICS, "60s"))).hasMessageContaining("on or off");
        assertThatThrownBy(() -> read(Map.of(MetricSetting.STAGE, "a b"))).hasMessageContaining(MetricSetting.STAGE);
    }

    @Test
    void askedForTheyAreLinesOfTheStageOnTheStandardOutput() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            read(Map.of(MetricSetting.METRICS, "on", MetricSetting.STAGE, "prod"))
                    .take(Dimension.NONE, Metric.SWEEPS, 1);
        } finally {
            System.setOut(before);
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .startsWith("{\"_aws\":{\"Timestamp\":0,")
                .contains("\"Stage\":\"prod\",\"Sweeps\":1")
                .endsWith("}\n");
    }
}
