package io.intake.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.search.Search;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The gateway's instruments and their Prometheus text. The table in docs/gateway.md describes each. Thread-safe.
 *
 * <p>No label holds anything that a client can choose: a partner's id only where it is configured, else {@link #UNKNOWN};
 * everything else is a word from a fixed list.
 */
public final class GatewayMetrics implements AutoCloseable {
    /** The partner of who has not logged in under a name that is configured. */
    public static final String UNKNOWN = "unknown";

    /** Where the histograms' buckets end: from a store nearby to a completion that takes minutes. */
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(60),
        Duration.ofSeconds(300)
    };

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final Map<String, PartnerMeters> partners = new ConcurrentHashMap<>();
    private final Map<String, Timer> storeCalls = new ConcurrentHashMap<>();
    private final Timer close;
    private final Counter admitted;
    private final Counter refused;
    private final Counter bans;

    /** Instruments that stand at zero, and those of the JVM. */
    public GatewayMetrics() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        collections.bindTo(registry);
        close = Timer.builder("intake.gateway.close")
                .description("From a CLOSE of a written file until its answer is on the wire")
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
        admitted = connections("admitted");
        refused = connections("refused");
        bans = Counter.builder("intake.gateway.login.bans")
                .description("Failed logins that barred their address")
                .register(registry);
        for (String outcome : new String[] {"applied", "refused", "unreadable"}) {
            reloads(outcome);
        }
    }

    private Counter connections(String outcome) {
        return Counter.builder("intake.gateway.connections")
                .description("Connections, before anything was said on them")
                .tag(Labels.OUTCOME, outcome)
                .register(registry);
    }

    private Counter reloads(String outcome) {
        return Counter.builder("intake.gateway.configuration.reloads")
                .description("Changed versions of partners.yml, and failed attempts to look")
                .tag(Labels.OUTCOME, outcome)
                .register(registry);
    }

    /**
     * The counters of a partner.
     *
     * @param partner the id of one that is configured
     */
    public PartnerMeters partner(String partner) {
        return partners.computeIfAbsent(partner, name -> new PartnerMeters(registry, name));
    }

    /** A connection was let in. */
    public void connectionAdmitted() {
        admitted.increment();
    }

    /** A connection was closed at once: too many, or from an address that is barred. */
    public void connectionRefused() {
        refused.increment();
    }

    /** A failed login barred its address. */
    public void barred() {
        bans.increment();
    }

    /**
     * A login, or a session that ended without one.
     *
     * @param partner one that is configured, else {@link #UNKNOWN}
     * @param outcome accepted or refused
     * @param method by which it was tried
     * @param reason of a refusal; null else
     */
    public void login(String partner, String outcome, String method, @Nullable String reason) {
        Counter.builder("intake.gateway.logins")
                .description("Logins, and sessions that ended without one")
                .tag(Labels.PARTNER, partner)
                .tag(Labels.OUTCOME, outcome)
                .tag("method", method)
                .tag("reason", reason == null ? "none" : reason)
                .register(registry)
                .increment();
    }

    /** A CLOSE of a written file was answered. */
    public void closed(Duration took) {
        close.record(took);
    }

    /**
     * A request was answered with an error other than "end of file".
     *
     * @param request the protocol's name of it
     * @param status what was answered
     */
    public void requestFailed(String request, String status) {
        Counter.builder("intake.gateway.request.failures")
                .description("SFTP requests that were refused or failed")
                .tag("request", request)
                .tag("status", status)
                .register(registry)
                .increment();
    }

    /**
     * The configuration was looked at and had changed, or could not be looked at.
     *
     * @param outcome applied, refused or unreadable
     */
    public void reloaded(String outcome) {
        reloads(outcome).increment();
    }

    /** A store call was answered, by whatever answer. */
    void storeCall(String operation, Duration took) {
        storeCalls
                .computeIfAbsent(
                        operation,
                        name -> Timer.builder("intake.s3.request")
                                .description(
                                        "Calls of the store, the client's own attempts included; of a read, until it begins")
                                .tag(Labels.OPERATION, name)
                                .serviceLevelObjectives(BUCKETS)
                                .register(registry))
                .record(took);
    }

    /** A store call ended in a failure. */
    void storeFailure(String operation, String kind) {
        Counter.builder("intake.s3.errors")
                .description("Calls of the store that failed")
                .tag(Labels.OPERATION, operation)
                .tag("kind", kind)
                .register(registry)
                .increment();
    }

    /**
     * A value that is asked for when it is read.
     *
     * @param name with dots between its words
     * @param unit null if it has none
     */
    public void gauge(String name, @Nullable String unit, String what, DoubleSupplier value) {
        Gauge.builder(name, value::getAsDouble).description(what).baseUnit(unit).register(registry);
    }

    /** The same with a label. */
    public void gauge(String name, String what, String label, String of, DoubleSupplier value) {
        Gauge.builder(name, value::getAsDouble).description(what).tag(label, of).register(registry);
    }

    /** What all counters or gauges of a name come to, whatever their labels. */
    double sum(String name) {
        return sum(registry.find(name));
    }

    /** The same of those with a label. */
    double sum(String name, String label, String of) {
        return sum(registry.find(name).tag(label, of));
    }

    private static double sum(Search found) {
        return found.meters().stream()
                .mapToDouble(meter -> meter.measure().iterator().next().getValue())
                .sum();
    }

    /** All instruments in Prometheus' text format, version 0.0.4. */
    public String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
