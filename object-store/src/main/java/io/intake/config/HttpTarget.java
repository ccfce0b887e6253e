package io.intake.config;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A system that takes records by HTTP.
 *
 * @param url http or https
 * @param access how we say who we are
 * @param body how records are written
 */
public record HttpTarget(URI url, HttpAccess access, HttpBody body) implements Target {
    /** With all that is usual. */
    public HttpTarget(URI url, @Nullable String authorization) {
        this(url, new HttpAccess(authorization, null, null, java.util.Map.of()), HttpBody.DEFAULT);
    }

    @Override
    public boolean dropsRepeats() {
        return true;
    }

    /** Without address and access, which may be secrets. */
    @Override
    public String toString() {
        return "HttpTarget[]";
    }
}
