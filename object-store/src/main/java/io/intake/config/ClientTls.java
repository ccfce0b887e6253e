package io.intake.config;

import org.jspecify.annotations.Nullable;

/**
 * How TLS is spoken where the system's own way does not do. All are names of secrets, {@code secret:NAME}.
 *
 * @param ca of a PEM with the certificates that may issue the other side's; null for the system's
 * @param certificate of a PEM with our certificate and those between it and its root; null where the other side does not ask
 *     for one
 * @param key of a PEM with its private key; null without a certificate
 */
public record ClientTls(
        @Nullable String ca,
        @Nullable String certificate,
        @Nullable String key) {}
