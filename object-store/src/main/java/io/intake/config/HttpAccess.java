package io.intake.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How we say who we are to a system reached by HTTP.
 *
 * @param authorization the Authorization header's value: a literal, or {@code secret:NAME}; null for none
 * @param oauth how an access token is had; null for none. Never with {@code authorization}
 * @param tls null for the system's
 * @param headers further ones, in the order of the file; a value may be {@code secret:NAME}
 */
public record HttpAccess(
        @Nullable String authorization,
        @Nullable OAuth oauth,
        @Nullable ClientTls tls,
        Map<String, String> headers) {
    /** Nothing is said. */
    public static final HttpAccess NONE = new HttpAccess(null, null, null, Map.of());

    public HttpAccess {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    /** Without values, which may be secrets. */
    @Override
    public String toString() {
        return "HttpAccess[]";
    }
}
