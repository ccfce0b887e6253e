package io.intake.config;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Who is paged.
 *
 * @param routingKey PagerDuty's integration key: a literal, or {@code secret:NAME}
 * @param endpoint the Events API v2 address; null for PagerDuty's own in the US
 */
public record Pager(String routingKey, @Nullable URI endpoint) {
    /** Without the key, which is a secret, and without the address, which may hold one. */
    @Override
    public String toString() {
        return "Pager[...]";
    }
}
