package io.intake.processors.forward.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.intake.processors.forward.tls.Certificates.Issued;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A key that an engine's people made and we cannot read stops a feed; one that shows in a message is everybody's. */
class PemTest {
    private static final Issued RSA = Certificates.issue("rsa", "RSA", 2_048, null);
    private static final Issued EC = Certificates.issue("ec", "EC", 256, null);

    @ParameterizedTest
    @CsvSource({
        "RSA,2048,RSA",
        "RSA,4096,RSA",
        "EC,secp256r1,EC",
        "EC,secp384r1,EC",
        "EC,secp521r1,EC",
        "Ed25519,,EdDSA",
        "Ed448,,EdDSA"
    })
    void aKeyInPkcs8IsReadWhateverItsKind(String algorithm, @Nullable String size, String kind) throws Exception {
        PrivateKey key = pair(algorithm, size).getPrivate();
        PrivateKey read = Pem.privateKey(pem("PRIVATE KEY", key.getEncoded()));
        assertThat(read.getEncoded()).isEqualTo(key.getEncoded());
        assertThat(read.getAlgorithm()).isEqualTo(kind);
    }

    @Test
    void keysAsOlderToolsWriteThemAreReadToo() throws Exception {
        assertThat(RSA.keyInOldForm()).startsWith("-----BEGIN RSA PRIVATE KEY-----");
        assertThat(Pem.privateKey(RSA.keyInOldForm())).isEqualTo(RSA.privateKey());
        assertThat(EC.keyInOldForm()).startsWith("-----BEGIN EC PRIVATE KEY-----");
        // It comes without the public one, which the other may have
        assertThat(((ECPrivateKey) Pem.privateKey(EC.keyInOldForm())).getS())
                .isEqualTo(((ECPrivateKey) EC.privateKey()).getS());
    }

    @Test
    void theFirstKeyCountsWhateverStandsAround() throws Exception {
        String all = "Bag Attributes\n    friendlyName: intake\n" + EC.certificateText()
                + pem("EC PARAMETERS", new byte[] {6, 8, 42, -122, 72, -50, 61, 3, 1, 7}) + EC.key() + RSA.key();
        assertThat(Pem.privateKey(all)).isEqualTo(EC.privateKey());
        assertThat(Pem.privateKey(all.replace("\n", "\r\n"))).isEqualTo(EC.privateKey());
        assertThat(Pem.privateKey(all.replace("\n", "\\n"))).isEqualTo(EC.privateKey());
        assertThat(Pem.certificates(all)).containsExactly(EC.certificate());
    }

    @Test
    void aKeyWithAPassphraseIsRefusedAndTheMessageSaysWhy() throws Exception {
        String old = """
                -----BEGIN RSA PRIVATE KEY-----
                Proc-Type: 4,ENCRYPTED
                DEK-Info: AES-128-CBC,0123456789ABCDEF

                c2VjcmV0
                -----END RSA PRIVATE KEY-----
                """;
        for (String pem : List.of(pem("ENCRYPTED PRIVATE KEY", encrypted(RSA.privateKey())), old)) {
            assertThatExceptionOfType(GeneralSecurityException.class)
                    .isThrownBy(() -> Pem.privateKey(RSA.certificateText() + pem))
                    .withMessageContaining("passphrase")
                    .withNoCause();
        }
    }

    @Test
    void aKeyOfAnotherKindOrFormIsRefused() throws Exception {
        byte[] dsa = pair("DSA", "2048").getPrivate().getEncoded();
        assertThatExceptionOfType(GeneralSecurityException.class)
                .isThrownBy(() -> Pem.privateKey(pem("PRIVATE KEY", dsa)))
                .withMessageContaining("none of RSA, EC, Ed25519 and Ed448");
        for (String label : List.of("DSA PRIVATE KEY", "OPENSSH PRIVATE KEY", "PUBLIC KEY", "CERTIFICATE")) {
            assertThatExceptionOfType(GeneralSecurityException.class)
                    .as(label)
                    .isThrownBy(() -> Pem.privateKey(pem(label, new byte[] {1, 2, 3})))
                    .withMessageContaining("PKCS #8, PKCS #1 or SEC 1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"})
    void aDamagedKeyIsRefusedWithoutAWordOfIt(String label) throws IOException {
        byte[] own = PrivateKeyInfo.getInstance(
                        (label.startsWith("EC") ? EC : RSA).privateKey().getEncoded())
                .parsePrivateKey()
                .toASN1Primitive()
                .getEncoded();
        byte[] whole = label.equals("PRIVATE KEY") ? RSA.privateKey().getEncoded() : own;
        List<String> damaged = List.of(
                pem(label, Arrays.copyOf(whole, whole.length - 7)),
                pem(label, new byte[] {0x30, 0x03, 0x04, 0x01, 0x07}),
                pem(label, "s3cret".getBytes(StandardCharsets.US_ASCII)),
                "-----BEGIN " + label + "-----\ns3cre\n-----END " + label + "-----\n",
                "s3cret",
                "");
        for (String each : damaged) {
            assertThatExceptionOfType(GeneralSecurityException.class)
                    .as(each)
                    .isThrownBy(() -> Pem.privateKey(each))
                    .withNoCause()
                    .satisfies(failed -> assertThat(failed.toString())
                            .doesNotContain("s3cre")
                            .doesNotContain(
                                    Base64.getEncoder().encodeToString(whole).substring(0, 20)));
        }
    }

    @Test
    void allCertificatesAreReadInTheirOrder() throws Exception {
        assertThat(Pem.certificates(RSA.certificateText() + "issued by\n" + EC.certificateText()))
                .containsExactly(RSA.certificate(), EC.certificate());
        assertThat(Pem.certificates(pem("X509 CERTIFICATE", EC.certificate().getEncoded())))
                .containsExactly(EC.certificate());
        List<Certificate> both = List.of(RSA.certificate(), EC.certificate());
        byte[] bundle =
                CertificateFactory.getInstance("X.509").generateCertPath(both).getEncoded("PKCS7");
        assertThat(Pem.certificates(pem("PKCS7", bundle))).containsExactlyInAnyOrderElementsOf(both);
    }

    @Test
    void whatHoldsNoCertificateIsNotTakenForTheJdksAuthorities() {
        for (String each : List.of("", "nothing", EC.key(), pem("CERTIFICATE", new byte[] {1, 2, 3}))) {
            assertThatExceptionOfType(GeneralSecurityException.class).isThrownBy(() -> Pem.certificates(each));
            assertThatExceptionOfType(GeneralSecurityException.class)
                    .isThrownBy(() -> TlsContexts.of(each, null, null));
        }
    }

    @Test
    void aContextIsMadeOfWhatIsThere() throws Exception {
        assertThat(TlsContexts.of(null, null, null)).isNotNull();
        assertThat(TlsContexts.of(RSA.certificateText(), null, null)).isNotNull();
        assertThat(TlsContexts.of(null, EC.certificateText(), EC.keyInOldForm()))
                .isNotNull();
        assertThatExceptionOfType(GeneralSecurityException.class)
                .isThrownBy(() -> TlsContexts.of(null, EC.certificateText(), "nothing"));
    }

    private static KeyPair pair(String algorithm, @Nullable String size) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (algorithm.equals("EC")) {
            generator.initialize(new ECGenParameterSpec(size));
        } else if (size != null) {
            generator.initialize(Integer.parseInt(size));
        }
        return generator.generateKeyPair();
    }

    /** In PKCS #8 with a passphrase, as {@code openssl pkcs8 -topk8 -v1 PBE-SHA1-3DES} writes it. */
    private static byte[] encrypted(PrivateKey key) throws GeneralSecurityException, IOException {
        String scheme = "PBEWithSHA1AndDESede";
        Cipher cipher = Cipher.getInstance(scheme);
        cipher.init(
                Cipher.ENCRYPT_MODE,
                SecretKeyFactory.getInstance(scheme).generateSecret(new PBEKeySpec("passphrase".toCharArray())));
        AlgorithmParameters parameters = cipher.getParameters();
        return new EncryptedPrivateKeyInfo(parameters, cipher.doFinal(key.getEncoded())).getEncoded();
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(der)
                + "\n-----END " + label + "-----\n";
    }
}
