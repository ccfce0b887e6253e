package io.intake.processors.forward.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Reads private keys in PEM (RFC 7468): PKCS#8, and what older tools write, PKCS#1 and SEC 1. Pure. */
final class PrivateKeys {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");

    private PrivateKeys() {}

    /**
     * The first private key.
     *
     * @throws GeneralSecurityException if there is none, or it has a passphrase; the message holds nothing of it
     */
    static PrivateKey of(String pem) throws GeneralSecurityException {
        Matcher block = BLOCK.matcher(pem);
        if (!block.find()) {
            throw new InvalidKeySpecException("no private key in PEM without a passphrase");
        }
        byte[] encoded = pkcs8(block.group(1), Base64.getMimeDecoder().decode(block.group(2)));
        InvalidKeySpecException last = new InvalidKeySpecException("a private key of a kind that is not supported");
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
            } catch (InvalidKeySpecException ofAnother) {
                last.addSuppressed(ofAnother);
            }
        }
        throw last;
    }

    private static byte[] pkcs8(String kind, byte[] der) throws GeneralSecurityException {
        try {
            return switch (kind) {
                case "RSA PRIVATE KEY" ->
                    new PrivateKeyInfo(
                                    new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption),
                                    RSAPrivateKey.getInstance(der))
                            .getEncoded();
                case "EC PRIVATE KEY" -> {
                    ECPrivateKey key = ECPrivateKey.getInstance(der);
                    yield new PrivateKeyInfo(
                                    new AlgorithmIdentifier(
                                            X9ObjectIdentifiers.id_ecPublicKey, key.getParametersObject()),
                                    key)
                            .getEncoded();
                }
                default -> der;
            };
        } catch (IOException | IllegalArgumentException damaged) {
            throw new InvalidKeySpecException("a private key that cannot be read", damaged);
        }
    }
}
