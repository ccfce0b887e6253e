package io.intake.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.sshd.certificate.OpenSshCertificateBuilder;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.Test;

/** Strangers choose every byte of a certificate before anybody has vouched for it. */
class UserCertificatesTest {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final InetAddress HOME = InetAddress.ofLiteral("198.51.100.7");
    private static final KeyPair AUTHORITY = HostKeys.generate();
    private static final KeyPair KEY = HostKeys.generate();
    private static final UserCertificates.Trust TRUST =
            new UserCertificates.Trust(List.of(AUTHORITY.getPublic()), Set.of("st-marys"), Set.of(), Set.of());

    private static OpenSshCertificate certificate(OpenSshCertificateBuilder builder, KeyPair by) throws Exception {
        return builder.id("test")
                .serial(1)
                .publicKey(KEY.getPublic())
                .validAfter(NOW.minusSeconds(60))
                .validBefore(NOW.plusSeconds(60))
                .principals(List.of("st-marys"))
                .sign(by);
    }

    private static OpenSshCertificate good() throws Exception {
        return certificate(OpenSshCertificateBuilder.userCertificate(), AUTHORITY);
    }

    private static byte[] blob(OpenSshCertificate certificate) {
        ByteArrayBuffer buffer = new ByteArrayBuffer();
        buffer.putRawPublicKey(certificate);
        return buffer.getCompactData();
    }

    @Test
    void aGoodOneIsGoodFromItsFirstSecondToBeforeItsLast() throws Exception {
        assertThat(UserCertificates.refusal(good(), TRUST, HOME, NOW)).isEmpty();
        assertThat(UserCertificates.refusal(good(), TRUST, null, NOW)).isEmpty();
        assertThat(UserCertificates.refusal(good(), TRUST, HOME, NOW.minusSeconds(60)))
                .isEmpty();
        assertThat(UserCertificates.refusal(good(), TRUST, HOME, NOW.minusSeconds(61)))
                .contains("certificate-early");
        assertThat(UserCertificates.refusal(good(), TRUST, HOME, NOW.plusSeconds(59)))
                .isEmpty();
        assertThat(UserCertificates.refusal(good(), TRUST, HOME, NOW.plusSeconds(60)))
                .contains("certificate-expired");
    }

    @Test
    void aHostsIsNoUsers() throws Exception {
        OpenSshCertificate host = certificate(OpenSshCertificateBuilder.hostCertificate(), AUTHORITY);
        assertThat(UserCertificates.refusal(host, TRUST, HOME, NOW)).contains("certificate-host");
        assertThat(UserCertificates.unusable(host, NOW)).contains("certificate-host");
    }

    @Test
    void nobodyTrustsAStrangersAuthorityAndAWeakOneSignsNothing() throws Exception {
        OpenSshCertificate strange = certificate(OpenSshCertificateBuilder.userCertificate(), HostKeys.generate());
        assertThat(UserCertificates.refusal(strange, TRUST, HOME, NOW)).contains("certificate-authority");
        assertThat(UserCertificates.refusal(good(), null, HOME, NOW)).contains("certificate-authority");
        KeyPair weak = KeyUtils.generateKeyPair("ssh-rsa", 1024);
        UserCertificates.Trust careless =
                new UserCertificates.Trust(List.of(weak.getPublic()), Set.of("st-marys"), Set.of(), Set.of());
        OpenSshCertificate weakly = certificate(OpenSshCertificateBuilder.userCertificate(), weak);
        assertThat(UserCertificates.refusal(weakly, careless, HOME, NOW)).contains("certificate-signature");
    }

    @Test
    void anAuthoritysSignatureWithSha1IsNone() throws Exception {
        KeyPair rsa = KeyUtils.generateKeyPair("ssh-rsa", 2048);
        UserCertificates.Trust trust =
                new UserCertificates.Trust(List.of(rsa.getPublic()), Set.of("st-marys"), Set.of(), Set.of());
        OpenSshCertificateBuilder builder = OpenSshCertificateBuilder.userCertificate()
                .id("test")
                .serial(1)
                .publicKey(KEY.getPublic())
                .validAfter(NOW.minusSeconds(60))
                .validBefore(NOW.plusSeconds(60))
                .principals(List.of("st-marys"));
        assertThat(UserCertificates.refusal(builder.sign(rsa, "ssh-rsa"), trust, HOME, NOW))
                .contains("certificate-signature");
        assertThat(UserCertificates.refusal(builder.sign(rsa, "rsa-sha2-256"), trust, HOME, NOW))
                .isEmpty();
    }

    @Test
    void anAddressListMustBeClearAndHoldTheClient() throws Exception {
        for (String bad : List.of("", "203.0.113.0/24", "198.51.100.7/24", "198.51.100.7,", "home", "!198.51.100.7")) {
            assertThat(UserCertificates.refusal(from(bad), TRUST, HOME, NOW))
                    .as(bad)
                    .contains("certificate-address");
        }
        for (String right : List.of("198.51.100.7", "203.0.113.0/24, 198.51.100.0/24", "::1,198.51.100.7/32")) {
            assertThat(UserCertificates.refusal(from(right), TRUST, HOME, NOW))
                    .as(right)
                    .isEmpty();
            assertThat(UserCertificates.refusal(from(right), TRUST, null, NOW))
                    .as(right)
                    .contains("certificate-address");
        }
    }

    private static OpenSshCertificate from(String addresses) throws Exception {
        return certificate(
                OpenSshCertificateBuilder.userCertificate()
                        .criticalOptions(
                                List.of(new OpenSshCertificate.CertificateOption("source-address", addresses))),
                AUTHORITY);
    }

    @Test
    void noByteOfItCanBeChanged() throws Exception {
        byte[] blob = blob(good());
        assertThat(UserCertificates.isCertificate(blob)).isTrue();
        assertThat(UserCertificates.isPlausible(blob)).isTrue();
        for (int at = 0; at < blob.length; at++) {
            byte[] changed = blob.clone();
            changed[at] ^= 1;
            assertThat(opens(changed)).as("byte %d", at).isFalse();
        }
        for (int length = 0; length < blob.length; length++) {
            assertThat(opens(java.util.Arrays.copyOf(blob, length)))
                    .as("cut to %d bytes", length)
                    .isFalse();
        }
        assertThat(opens(blob)).isTrue();
    }

    /** What the server does with a blob. */
    private static boolean opens(byte[] blob) {
        if (!UserCertificates.isCertificate(blob) || !UserCertificates.isPlausible(blob)) {
            return false;
        }
        try {
            return new ByteArrayBuffer(blob).getRawPublicKey() instanceof OpenSshCertificate certificate
                    && UserCertificates.refusal(certificate, TRUST, HOME, NOW).isEmpty();
        } catch (RuntimeException | java.io.IOException e) {
            return false;
        }
    }

    @Test
    void certificatesInsideCertificatesAreNotFollowed() throws Exception {
        byte[] inner = blob(good());
        for (int depth = 0; depth < 500; depth++) {
            ByteArrayBuffer outer = new ByteArrayBuffer();
            outer.putString("ssh-ed25519-cert-v01@openssh.com");
            outer.putBytes(new byte[32]);
            outer.putBytes(new byte[32]);
            outer.putLong(1);
            outer.putUInt(1);
            outer.putString("test");
            outer.putBytes(new byte[0]);
            outer.putLong(0);
            outer.putLong(-1);
            outer.putBytes(new byte[0]);
            outer.putBytes(new byte[0]);
            outer.putBytes(new byte[0]);
            outer.putBytes(inner);
            outer.putBytes(new byte[0]);
            inner = outer.getCompactData();
        }
        assertThat(UserCertificates.isCertificate(inner)).isTrue();
        assertThat(UserCertificates.isPlausible(inner)).isFalse();
    }

    @Test
    void anyBytesAreJudgedWithoutFailing() throws Exception {
        byte[] blob = blob(good());
        for (long seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            byte[] changed = blob.clone();
            for (int count = random.nextInt(4); count >= 0; count--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            }
            assertThat(opens(changed) && !java.util.Arrays.equals(changed, blob))
                    .as("seed %d", seed)
                    .isFalse();
        }
    }
}
