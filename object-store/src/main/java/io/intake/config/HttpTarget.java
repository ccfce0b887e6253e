package io.intake.config;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A system that takes records by HTTP POST.
 *
 * @param url http or https
 * @param authorization the Authorization header's value: a literal, or {@code secret:NAME}; null for none
 */
public record HttpTarget(URI url, @Nullable String authorization) implements Target {
    /** Without address and authorization, which may be secrets. */
    @Override
    public String toString() {
        return "HttpTarget[]";
    }
}
