package io.intake.config;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An integration engine that takes records by HTTP POST.
 *
 * @param id as feeds name it
 * @param url http or https
 * @param authorization the Authorization header's value: a literal, or {@code secret:NAME}; null for none
 * @param timeout for one request, answer included
 */
public record Engine(String id, URI url, @Nullable String authorization, Duration timeout) {
    /** Without address and authorization, which may be secrets. */
    @Override
    public String toString() {
        return "Engine[id=" + id + ", timeout=" + timeout + "]";
    }
}
