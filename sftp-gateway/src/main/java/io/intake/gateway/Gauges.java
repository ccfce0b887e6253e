package io.intake.gateway;

import io.intake.gateway.access.ConnectionGate;
import io.intake.gateway.metrics.GatewayMetrics;
import io.intake.gateway.sftp.OpenCount;
import io.intake.gateway.upload.MemoryBudget;

/** What of a gateway is measured when somebody looks. */
final class Gauges {
    private static final String BYTES = "bytes";

    private Gauges() {}

    static void register(GatewayMetrics metrics, ConnectionGate gate, MemoryBudget budget, OpenCount uploads) {
        String sessions = "intake.gateway.sessions";
        String what = "Connections there are, logged in or not";
        metrics.gauge(sessions, what, "state", "not_logged_in", gate::strangers);
        metrics.gauge(sessions, what, "state", "logged_in", () -> gate.sessions() - gate.strangers());
        metrics.gauge("intake.gateway.uploads.open", null, "Files that are being written", uploads::count);
        metrics.gauge("intake.gateway.upload.memory.used", BYTES, "Upload memory in use", () -> (double) budget.used());
        metrics.gauge("intake.gateway.upload.memory.capacity", BYTES, "Upload memory there is", () ->
                (double) budget.capacity());
        metrics.gauge("intake.gateway.upload.memory.waiting", null, "Uploads that wait for memory", budget::waiting);
    }
}
