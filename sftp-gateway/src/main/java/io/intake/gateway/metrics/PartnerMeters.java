package io.intake.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is counted for one partner. Its counters are made once, so that a WRITE only adds a number and allocates nothing.
 * Thread-safe.
 */
public final class PartnerMeters {
    private final MeterRegistry registry;
    private final String partner;
    private final Counter received;
    private final Counter sent;
    private final Counter published;
    private final Counter parked;
    private final Map<String, Counter> uploads = new ConcurrentHashMap<>();
    private final Map<String, Counter> downloads = new ConcurrentHashMap<>();

    PartnerMeters(MeterRegistry registry, String partner) {
        this.registry = registry;
        this.partner = partner;
        received = bytes("intake.gateway.received", "Bytes of files that came with WRITE requests");
        sent = bytes("intake.gateway.sent", "Bytes of files that went out with answers to READ requests");
        published = bytes("intake.gateway.published", "Bytes of files that were published");
        parked = bytes("intake.gateway.parked", "Bytes that were durable of uploads when they were parked");
    }

    private Counter bytes(String name, String what) {
        return Counter.builder(name)
                .description(what)
                .baseUnit("bytes")
                .tag(Labels.PARTNER, partner)
                .register(registry);
    }

    /** A WRITE was taken. */
    public void received(long bytes) {
        received.increment((double) bytes);
    }

    /** A READ was answered. */
    public void sent(long bytes) {
        sent.increment((double) bytes);
    }

    /**
     * An upload ended.
     *
     * @param outcome one of a few words: published, parked, unchanged, abandoned, failed
     * @param bytes the file's size if it was published; what is durable if it was parked
     */
    public void uploaded(String outcome, long bytes) {
        uploads.computeIfAbsent(outcome, each -> ended("intake.gateway.uploads", "Uploads that ended", each))
                .increment();
        switch (outcome) {
            case "published" -> published.increment((double) bytes);
            case "parked" -> parked.increment((double) bytes);
            default -> {
                // nothing of it is anywhere
            }
        }
    }

    /**
     * A download ended.
     *
     * @param outcome one of a few words: closed, abandoned, failed
     */
    public void downloaded(String outcome) {
        downloads
                .computeIfAbsent(outcome, each -> ended("intake.gateway.downloads", "Downloads that ended", each))
                .increment();
    }

    private Counter ended(String name, String what, String outcome) {
        return Counter.builder(name)
                .description(what)
                .tag(Labels.PARTNER, partner)
                .tag(Labels.OUTCOME, outcome)
                .register(registry);
    }
}
