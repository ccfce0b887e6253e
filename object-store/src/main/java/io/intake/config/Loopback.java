package io.intake.config;

import org.jspecify.annotations.Nullable;

/** Addresses of this machine, which need no TLS. Pure: no name is looked up. */
final class Loopback {
    private Loopback() {}

    static boolean is(@Nullable String host) {
        return host != null
                && (host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.[0-9]{1,3}){3}"));
    }
}
