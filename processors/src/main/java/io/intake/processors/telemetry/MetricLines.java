package io.intake.processors.telemetry;

import io.intake.processors.log.JsonLine;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Metrics as lines in CloudWatch's embedded metric format (Amazon CloudWatch User Guide, "Specification: Embedded metric
 * format"): made of log lines where these arrive, without an agent, a call or a permission. A line can arrive twice and a function
 * can die before its line, so the values are for alarms and graphs, not for accounts: those are the job records. Thread-safe.
 */
public final class MetricLines implements Metrics {
    static final String NAMESPACE = "Intake/Processors";
    private static final String STAGE = "Stage";

    private final String stage;
    private final InstantSource clock;
    private final Supplier<@Nullable Map<String, String>> context;
    private final Consumer<String> out;

    /**
     * @param stage of deployment: the dimension that all metrics have
     * @param context what else a line says now
     * @param out takes a line, without a line break
     */
    public MetricLines(
            String stage, InstantSource clock, Supplier<@Nullable Map<String, String>> context, Consumer<String> out) {
        this.stage = stage;
        this.clock = clock;
        this.context = context;
        this.out = out;
    }

    @Override
    public void take(Dimension dimension, Map<Metric, Long> values, Map<String, String> fields) {
        if (values.isEmpty()) {
            return;
        }
        Map<Metric, Long> sorted = new TreeMap<>(values);
        JsonLine line =
                new JsonLine().addRaw("_aws", directive(dimension, sorted)).add(STAGE, stage);
        if (!dimension.isNone()) {
            line.add(dimension.name(), dimension.value());
        }
        sorted.forEach((metric, value) -> line.add(metric.id(), value));
        line.addAll(fields).addAll(context.get());
        out.accept(line.toString());
    }

    private String directive(Dimension dimension, Map<Metric, Long> values) {
        String metrics = values.keySet().stream()
                .map(metric -> "{\"Name\":\"" + metric.id() + "\",\"Unit\":\"" + metric.unit() + "\"}")
                .collect(Collectors.joining(","));
        String dimensions = dimension.isNone() ? "" : ",\"" + dimension.name() + "\"";
        return "{\"Timestamp\":" + clock.millis() + ",\"CloudWatchMetrics\":[{\"Namespace\":\"" + NAMESPACE
                + "\",\"Dimensions\":[[\"" + STAGE + "\"" + dimensions + "]],\"Metrics\":[" + metrics + "]}]}";
    }
}
