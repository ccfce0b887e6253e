package io.intake.processors.forward.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
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
public final class Certificates {
    private Certificates() {}

    /** A certificate with its key. */
    public record Issued(X509Certificate certificate, KeyPair keys) {
        /** The key as older tools write it: PKCS#1 or SEC 1. */
        public String keyInOldForm() {
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
        public String key() {
            return pem(new PemObject("PRIVATE KEY", keys.getPrivate().getEncoded()));
        }

        /** In PEM. */
        public String certificateText() {
            return pem(certificate);
        }

        public PrivateKey privateKey() {
            return keys.getPrivate();
        }
    }

    /**
     * Issues one.
     *
     * @param name of a host, or an address in IPv4
     * @param issuer null for an authority that signs itself
     */
    public static Issued issue(String name, String algorithm, int bits, @Nullable Issued issuer) {
        return issue(name, algorithm, bits, issuer, Instant.parse("2120-01-01T00:00:00Z"));
    }

    /** The same, until a time. */
    public static Issued issue(String name, String algorithm, int bits, @Nullable Issued issuer, Instant end) {
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
                    Date.from(end),
                    subject,
                    keys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(issuer == null));
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(
                            name.matches("[0-9.]+") ? GeneralName.iPAddress : GeneralName.dNSName, name)));
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

    /**
     * What an engine's side is set up with, by the JDK alone.
     *
     * @param own what it shows
     * @param trusted whose certificates it takes
     */
    public static SSLContext context(Issued own, Issued trusted) throws GeneralSecurityException, IOException {
        char[] none = new char[0];
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, none);
        store.setKeyEntry("own", own.privateKey(), none, new Certificate[] {own.certificate()});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, none);
        KeyStore authorities = KeyStore.getInstance("PKCS12");
        authorities.load(null, none);
        authorities.setCertificateEntry("ca", trusted.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(authorities);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
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
