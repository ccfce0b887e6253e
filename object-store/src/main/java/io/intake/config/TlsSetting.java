package io.intake.config;

import org.jspecify.annotations.Nullable;

/**
 * How a connection to an engine is encrypted. The server's name must be the one in its certificate.
 *
 * @param ca {@code secret:NAME} of the only authorities to trust, PEM; null for those of the JDK
 * @param certificate {@code secret:NAME} of our own certificate, its issuers behind it, PEM; null for none
 * @param key {@code secret:NAME} of the certificate's private key, PEM without a passphrase; null where there is none
 * @param serverName what the server's certificate is for, where it is not the host
 */
public record TlsSetting(
        @Nullable String ca,
        @Nullable String certificate,
        @Nullable String key,
        @Nullable String serverName) {
    /** The JDK's authorities, and no certificate of our own. */
    public static final TlsSetting DEFAULT = new TlsSetting(null, null, null, null);
}
