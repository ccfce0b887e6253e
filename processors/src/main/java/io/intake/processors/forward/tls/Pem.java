package io.intake.processors.forward.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * Reads certificates and private keys in PEM (RFC 7468). Line breaks may be written {@code \n}, as they are where a PEM was put
 * into a variable; text between the blocks is passed over. Messages never hold anything of what was read. Pure.
 */
public final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\\s]{1,200000})-----END \\1-----");

    /** RFC 7468, 5.1 and 8. */
    private static final Set<String> CERTIFICATES = Set.of("CERTIFICATE", "X509 CERTIFICATE", "PKCS7");

    /** How older tools say that a key has a passphrase (RFC 1421, 4.6.1.1); its block is none of RFC 7468. */
    private static final String ENCRYPTED = "Proc-Type: 4,ENCRYPTED";

    /** A key in PKCS #8 says by itself what it is; the JDK wants to be told. */
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");

    private Pem() {}

    private record Block(String label, byte[] der) {}

    /**
     * All certificates, in their order.
     *
     * @throws GeneralSecurityException if there is none, or one cannot be read
     */
    public static List<Certificate> certificates(String pem) throws GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(pem)) {
            if (CERTIFICATES.contains(block.label())) {
                certificates.addAll(factory.generateCertificates(new ByteArrayInputStream(block.der())));
            }
        }
        if (certificates.isEmpty()) {
            throw new CertificateException("no certificate in PEM");
        }
        return certificates;
    }

    /**
     * The first private key: of RSA, EC, Ed25519 or Ed448 in PKCS #8, or what older tools write: PKCS #1 for RSA, SEC 1 for EC.
     *
     * @throws GeneralSecurityException if there is none, it has a passphrase, or it cannot be read
     */
    public static PrivateKey privateKey(String pem) throws GeneralSecurityException {
        for (Block block : blocks(pem)) {
            switch (block.label()) {
                case "PRIVATE KEY" -> {
                    return key(block.der());
                }
                case "RSA PRIVATE KEY" -> {
                    return key(wrapped(() -> rsa(block.der())));
                }
                case "EC PRIVATE KEY" -> {
                    return key(wrapped(() -> ec(block.der())));
                }
                case "ENCRYPTED PRIVATE KEY" -> throw hasPassphrase();
                default -> {
                    // A certificate, a curve's parameters, or a key of which the error below says enough
                }
            }
        }
        if (pem.contains(ENCRYPTED)) {
            throw hasPassphrase();
        }
        throw new InvalidKeySpecException("no private key in PEM: PKCS #8, PKCS #1 or SEC 1");
    }

    private static InvalidKeySpecException hasPassphrase() {
        return new InvalidKeySpecException("the private key has a passphrase: it must be stored without one");
    }

    private static List<Block> blocks(String pem) throws GeneralSecurityException {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(pem.replace("\\n", "\n"));
        while (matcher.find()) {
            byte[] base64 = matcher.group(2).getBytes(StandardCharsets.US_ASCII);
            try {
                blocks.add(new Block(matcher.group(1), Base64.getMimeDecoder().decode(base64)));
            } catch (IllegalArgumentException broken) {
                throw new GeneralSecurityException("a block of PEM whose Base64 is broken");
            }
        }
        return blocks;
    }

    private static PrivateKey key(byte[] pkcs8) throws GeneralSecurityException {
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(pkcs8);
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException another) {
                // The next one
            }
        }
        throw new InvalidKeySpecException("a private key that is damaged, or none of RSA, EC, Ed25519 and Ed448");
    }

    /** Makes PKCS #8 of a key in a form of its own. */
    @FunctionalInterface
    private interface Wrapper {
        PrivateKeyInfo wrap() throws IOException;
    }

    private static byte[] wrapped(Wrapper wrapper) throws GeneralSecurityException {
        try {
            return wrapper.wrap().getEncoded();
        } catch (IOException | RuntimeException damaged) {
            // The parser casts what it reads to what it should be
            throw new InvalidKeySpecException("a private key that is damaged");
        }
    }

    private static PrivateKeyInfo rsa(byte[] pkcs1) throws IOException {
        return new PrivateKeyInfo(
                new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption), RSAPrivateKey.getInstance(pkcs1));
    }

    private static PrivateKeyInfo ec(byte[] sec1) throws IOException {
        ECPrivateKey key = ECPrivateKey.getInstance(sec1);
        return new PrivateKeyInfo(
                new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, key.getParametersObject()), key);
    }
}
