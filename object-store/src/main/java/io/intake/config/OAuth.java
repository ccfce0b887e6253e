package io.intake.config;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * How an access token is had: OAuth 2.0 client credentials (RFC 6749, 4.4).
 *
 * @param tokenUrl where tokens are given
 * @param clientId who we are there
 * @param proof how we prove it
 * @param secret {@code secret:NAME} of the client's secret, or of its private key: PEM (PKCS #8 or PKCS #1) or a JWK
 * @param keyId what the key is called there (RFC 7515, 4.1.4); null where it need not be said
 * @param scope what is asked for; null for what is usual there
 * @param audience whom the assertion is for; null for the token's address (RFC 7523, 3)
 */
public record OAuth(
        URI tokenUrl,
        String clientId,
        Proof proof,
        String secret,
        @Nullable String keyId,
        @Nullable String scope,
        @Nullable String audience) {

    /** How a client proves who it is (OpenID Connect Core, 9). */
    public enum Proof {
        /** The secret in the Authorization header (RFC 6749, 2.3.1). */
        BASIC,
        /** The secret in the form. */
        POST,
        /** An assertion signed with RSA and SHA-256 (RFC 7523, RFC 7518). */
        RS256,
        /** An assertion signed with RSA and SHA-384. */
        RS384,
        /** An assertion signed on the curve P-256. */
        ES256,
        /** An assertion signed on the curve P-384. */
        ES384;

        /** Whether it is proved by a private key. */
        public boolean signed() {
            return this != BASIC && this != POST;
        }
    }

    /** Without what may be a secret. */
    @Override
    public String toString() {
        return "OAuth[proof=" + proof + "]";
    }
}
