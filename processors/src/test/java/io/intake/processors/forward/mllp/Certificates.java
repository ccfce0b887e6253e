package io.intake.processors.forward.mllp;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.jspecify.annotations.Nullable;

/** Certificates as an engine's people make them. */
final class Certificates {
    private Certificates() {}

    /** A certificate with its key. */
    record Issued(X509Certificate certificate, KeyPair keys) {
        /** The key as older tools write it: PKCS#1 or SEC 1. */
        String keyInOldForm() {
            if (keys.getPrivate() instanceof ECPrivateKey key) {
                // With its curve, as OpenSSL writes it
                org.bouncycastle.asn1.sec.ECPrivateKey old =
                        new org.bouncycastle.asn1.sec.ECPrivateKey(256, key.getS(), SECObjectIdentifiers.secp256r1);
                try {
                    return pem(new PemObject("EC PRIVATE KEY", old.getEncoded()));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }
            return pem(keys.getPrivate());
        }

        /** The key in PKCS#8. */
        String key() {
            return pem(new PemObject("PRIVATE KEY", keys.getPrivate().getEncoded()));
        }

        String certificateText() {
            return pem(certificate);
        }

        PrivateKey privateKey() {
            return keys.getPrivate();
        }
    }

    /** @param issuer null for an authority that signs itself */
    static Issued issue(String name, String algorithm, int bits, @Nullable Issued issuer) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(bits);
            KeyPair keys = generator.generateKeyPair();
            Instant now = Instant.parse("2020-01-01T00:00:00Z");
            X500Name subject = new X500Name("CN=" + name);
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    issuer == null
                            ? subject
                            : new X500Name(issuer.certificate()
                                    .getSubjectX500Principal()
                                    .getName()),
                    BigInteger.valueOf(name.hashCode() & 0x7fffffff),
                    Date.from(now),
                    Date.from(Instant.parse("2120-01-01T00:00:00Z")),
                    subject,
                    keys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(issuer == null));
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, name)));
            PrivateKey signing = issuer == null ? keys.getPrivate() : issuer.privateKey();
            String signature = signing.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
            return new Issued(
                    new JcaX509CertificateConverter()
                            .getCertificate(builder.build(new JcaContentSignerBuilder(signature).build(signing))),
                    keys);
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(Object object) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return text.toString();
    }
}
