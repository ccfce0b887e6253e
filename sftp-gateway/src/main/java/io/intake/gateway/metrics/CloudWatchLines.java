package io.intake.gateway.metrics;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * The gateway's state as lines in CloudWatch's embedded metric format (Amazon CloudWatch User Guide, "Specification: Embedded
 * metric format"): CloudWatch makes metrics of them where they arrive as log lines, without an agent or a call. What scales
 * the gateway and what alarms watch; Prometheus' text has the rest. Used by one thread.
 */
public final class CloudWatchLines {
    static final String NAMESPACE = "Intake/Gateway";
    private static final String COUNT = "Count";
    private static final String BYTES = "Bytes";
    private static final String PERCENT = "Percent";

    /** What a call of the store must not end in; the other kinds are part of ordinary work. */
    private static final List<String> FAILURES = List.of("transient", "permanent", "other");

    private record Metric(String name, String unit, boolean counter, ToDoubleFunction<GatewayMetrics> value) {}

    private final List<Metric> all;
    private final GatewayMetrics metrics;
    private final String stage;
    private final InstantSource clock;
    private final Consumer<String> out;
    private final Map<String, Double> before = new HashMap<>();

    /**
     * Counters begin at zero, as the gateway does.
     *
     * @param stage the metrics' dimension
     * @param sessions how many the gateway takes at once
     * @param out takes a line, without a line break
     */
    public CloudWatchLines(
            GatewayMetrics metrics, String stage, int sessions, InstantSource clock, Consumer<String> out) {
        this.metrics = metrics;
        this.stage = stage;
        this.clock = clock;
        this.out = out;
        all = List.of(
                new Metric("Ready", "None", false, each -> each.sum("intake.gateway.ready")),
                new Metric("Sessions", COUNT, false, each -> each.sum("intake.gateway.sessions")),
                new Metric(
                        "SessionsUsed", PERCENT, false, each -> 100 * each.sum("intake.gateway.sessions") / sessions),
                new Metric("UploadMemoryUsed", PERCENT, false, CloudWatchLines::memoryUsed),
                new Metric("UploadsOpen", COUNT, false, each -> each.sum("intake.gateway.uploads.open")),
                uploads("UploadsPublished", "published"),
                uploads("UploadsParked", "parked"),
                uploads("UploadsFailed", "failed"),
                new Metric("BytesReceived", BYTES, true, each -> each.sum("intake.gateway.received")),
                new Metric("BytesSent", BYTES, true, each -> each.sum("intake.gateway.sent")),
                new Metric(
                        "LoginsRefused",
                        COUNT,
                        true,
                        each -> each.sum("intake.gateway.logins", Labels.OUTCOME, "refused")),
                new Metric("StoreErrors", COUNT, true, CloudWatchLines::storeErrors));
    }

    private static Metric uploads(String name, String outcome) {
        return new Metric(name, COUNT, true, each -> each.sum("intake.gateway.uploads", Labels.OUTCOME, outcome));
    }

    private static double memoryUsed(GatewayMetrics metrics) {
        double capacity = metrics.sum("intake.gateway.upload.memory.capacity");
        return capacity == 0 ? 0 : 100 * metrics.sum("intake.gateway.upload.memory.used") / capacity;
    }

    private static double storeErrors(GatewayMetrics metrics) {
        return FAILURES.stream()
                .mapToDouble(kind -> metrics.sum("intake.s3.errors", "kind", kind))
                .sum();
    }

    /** Writes a line: gauges as they are, counters by what was added since the last line. */
    public void write() {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        ObjectNode head =
                line.putObject("_aws").put("Timestamp", clock.instant().toEpochMilli());
        ObjectNode directive = head.putArray("CloudWatchMetrics").addObject().put("Namespace", NAMESPACE);
        directive.putArray("Dimensions").addArray().add("Stage");
        ArrayNode declared = directive.putArray("Metrics");
        line.put("Stage", stage);
        for (Metric metric : all) {
            declared.addObject().put("Name", metric.name()).put("Unit", metric.unit());
            line.put(metric.name(), value(metric));
        }
        out.accept(line.toString());
    }

    private double value(Metric metric) {
        double now = metric.value().applyAsDouble(metrics);
        if (!metric.counter()) {
            return now;
        }
        Double last = before.put(metric.name(), now);
        return now - (last == null ? 0 : last);
    }
}
