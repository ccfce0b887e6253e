package io.intake.processors.forward.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.config.OAuth;
import io.intake.config.OAuth.Proof;
import io.intake.processors.Json;
import io.intake.processors.forward.tls.Pem;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.RSAKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** Signed statements of who we are: JWTs for a token's address (RFC 7523, 2.2 and 3; RFC 7515). Pure. */
final class Assertions {
    /** No longer than it takes to use it once: some take nothing longer than five minutes. */
    private static final Duration VALID = Duration.ofMinutes(4);

    private static final int LEAST_RSA_BITS = 2_048;

    private Assertions() {}

    /**
     * Makes one.
     *
     * @param secret the private key, in PEM or as a JWK
     * @param id never used before
     * @throws GeneralSecurityException if the key cannot be read or is not of the kind that the signature needs; the key is
     *     not in the message
     */
    static String of(OAuth oauth, String secret, String id, Instant now) throws GeneralSecurityException {
        Map<String, Object> header = new LinkedHashMap<>();
        header.put("alg", oauth.proof().name());
        header.put("typ", "JWT");
        if (oauth.keyId() != null) {
            header.put("kid", oauth.keyId());
        }
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", oauth.clientId());
        claims.put("sub", oauth.clientId());
        claims.put("aud", oauth.audience() == null ? oauth.tokenUrl().toString() : oauth.audience());
        claims.put("iat", now.getEpochSecond());
        claims.put("exp", now.plus(VALID).getEpochSecond());
        claims.put("jti", id);
        String signed = encoded(Json.bytes(header)) + "." + encoded(Json.bytes(claims));
        Signature signature = Signature.getInstance(algorithm(oauth.proof()));
        signature.initSign(key(oauth.proof(), secret));
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + encoded(signature.sign());
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** JWS wants both numbers of an ECDSA signature side by side (RFC 7518, 3.4), not in DER. */
    private static String algorithm(Proof proof) {
        return switch (proof) {
            case RS256 -> "SHA256withRSA";
            case RS384 -> "SHA384withRSA";
            case ES256 -> "SHA256withECDSAinP1363Format";
            case ES384 -> "SHA384withECDSAinP1363Format";
            case BASIC, POST -> throw new IllegalArgumentException("no signature proves a secret");
        };
    }

    private static PrivateKey key(Proof proof, String secret) throws GeneralSecurityException {
        PrivateKey key = secret.stripLeading().startsWith("{") ? jwk(secret) : Pem.privateKey(secret);
        boolean rsa = proof == Proof.RS256 || proof == Proof.RS384;
        if (!key.getAlgorithm().equals(rsa ? "RSA" : "EC")) {
            throw new GeneralSecurityException("the key is of another kind than the algorithm");
        }
        if (key instanceof RSAKey sized && sized.getModulus().bitLength() < LEAST_RSA_BITS) {
            // RFC 7518, 3.3
            throw new GeneralSecurityException("the key has fewer than 2,048 bits");
        }
        return key;
    }

    /** RFC 7518, 6. */
    private static PrivateKey jwk(String json) throws GeneralSecurityException {
        JsonNode jwk;
        try {
            jwk = Json.mapper().readTree(json);
        } catch (IOException notJson) {
            throw new GeneralSecurityException("the key is no JWK");
        }
        return switch (jwk.path("kty").asText()) {
            case "RSA" ->
                KeyFactory.getInstance("RSA")
                        .generatePrivate(new RSAPrivateCrtKeySpec(
                                number(jwk, "n"),
                                number(jwk, "e"),
                                number(jwk, "d"),
                                number(jwk, "p"),
                                number(jwk, "q"),
                                number(jwk, "dp"),
                                number(jwk, "dq"),
                                number(jwk, "qi")));
            case "EC" -> {
                AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
                curve.init(new ECGenParameterSpec(
                        switch (jwk.path("crv").asText()) {
                            case "P-256" -> "secp256r1";
                            case "P-384" -> "secp384r1";
                            default -> throw new GeneralSecurityException("the key's curve is not known");
                        }));
                yield KeyFactory.getInstance("EC")
                        .generatePrivate(
                                new ECPrivateKeySpec(number(jwk, "d"), curve.getParameterSpec(ECParameterSpec.class)));
            }
            default -> throw new GeneralSecurityException("the key is of no kind that is known");
        };
    }

    private static BigInteger number(JsonNode jwk, String name) throws GeneralSecurityException {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(jwk.path(name).asText());
            if (bytes.length > 0) {
                return new BigInteger(1, bytes);
            }
        } catch (IllegalArgumentException broken) {
            // Falls through
        }
        throw new GeneralSecurityException("the key lacks '" + name + "'");
    }
}
