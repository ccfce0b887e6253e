package io.intake.config;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who is paged, and of what.
 *
 * @param routingKey PagerDuty's integration key: a literal, or {@code secret:NAME}
 * @param endpoint the Events API v2 address; null for PagerDuty's own in the US
 * @param severities of kinds of pages that differ from the usual
 * @param runbook the runbook's address, to which a page's code is added as an anchor; null where pages have no such link
 * @param proxy through which PagerDuty is reached; null for none
 * @param stuckAfter how long a file may be worked on without progress
 * @param parkedAfter how long an upload may be broken off
 */
public record Pager(
        String routingKey,
        @Nullable URI endpoint,
        Map<PageKind, PageSeverity> severities,
        @Nullable URI runbook,
        @Nullable Proxy proxy,
        Duration stuckAfter,
        Duration parkedAfter) {
    /** PagerDuty's address for accounts in the EU. */
    public static final URI EU = URI.create("https://events.eu.pagerduty.com/v2/enqueue");

    /** Where {@code stuck-after} is not given. */
    public static final Duration STUCK_AFTER = Duration.ofHours(6);

    /** Where {@code parked-after} is not given: uploads can be gone on with for seven days. */
    public static final Duration PARKED_AFTER = Duration.ofDays(2);

    public Pager {
        severities = Map.copyOf(severities);
    }

    /** With what is usual. */
    public Pager(String routingKey, @Nullable URI endpoint) {
        this(routingKey, endpoint, Map.of(), null, null, STUCK_AFTER, PARKED_AFTER);
    }

    /** A proxy for HTTP. */
    public record Proxy(String host, int port) {}

    /** What a kind of page is worth. */
    public PageSeverity severity(PageKind kind) {
        return severities.getOrDefault(kind, kind.usual());
    }

    /** Without the key, which is a secret, and without the address, which may hold one. */
    @Override
    public String toString() {
        return "Pager[...]";
    }
}
