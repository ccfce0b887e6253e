package io.intake.gateway;

import io.intake.config.Network;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Decides on OpenSSH user certificates as OpenSSH's PROTOCOL.certkeys and sshd do, only stricter: a certificate without
 * principals is nobody's, and a critical option that is not obeyed here is a reason to refuse. Pure.
 */
final class UserCertificates {
    private static final String SUFFIX = "-cert-v01@openssh.com";
    private static final String SOURCE_ADDRESS = "source-address";
    private static final String FORCE_COMMAND = "force-command";

    /** What runs here anyway. */
    private static final String SFTP = "internal-sftp";

    /** As OpenSSH's SSHKEY_CERT_MAX_PRINCIPALS. */
    private static final int MAX_PRINCIPALS = 256;

    /** Fields between a certificate's nonce and its serial number. */
    private static final Map<String, Integer> KEY_FIELDS = Map.of(
            "ssh-ed25519" + SUFFIX, 1,
            "ssh-rsa" + SUFFIX, 2,
            "ecdsa-sha2-nistp256" + SUFFIX, 2,
            "ecdsa-sha2-nistp384" + SUFFIX, 2,
            "ecdsa-sha2-nistp521" + SUFFIX, 2);

    /** Of authorities. */
    private static final List<NamedFactory<Signature>> SIGNATURES = List.of(
            BuiltinSignatures.ed25519,
            BuiltinSignatures.nistp256,
            BuiltinSignatures.nistp384,
            BuiltinSignatures.nistp521,
            BuiltinSignatures.rsaSHA512,
            BuiltinSignatures.rsaSHA256,
            BuiltinSignatures.sk_ssh_ed25519,
            BuiltinSignatures.sk_ecdsa_sha2_nistp256);

    /**
     * An authority that a partner trusts.
     *
     * @param keys of which one has signed
     * @param revokedSerials unsigned
     * @param revokedKeys fingerprints
     */
    record Trust(List<PublicKey> keys, Set<String> principals, Set<Long> revokedSerials, Set<String> revokedKeys) {
        Trust {
            keys = List.copyOf(keys);
        }

        boolean signs(PublicKey authority) {
            boolean known = false;
            for (PublicKey key : keys) {
                known |= KeyUtils.compareKeys(key, authority);
            }
            return known;
        }

        boolean revoked(OpenSshCertificate certificate) {
            return revokedSerials.contains(certificate.getSerial())
                    || revokedKeys.contains(KeyUtils.getFingerPrint(certificate.getCertPubKey()))
                    || revokedKeys.contains(KeyUtils.getFingerPrint(certificate.getCaPubKey()));
        }
    }

    private UserCertificates() {}

    /** Whether a public key's blob says that it is a certificate. */
    static boolean isCertificate(byte[] blob) {
        return firstString(blob).endsWith(SUFFIX);
    }

    /**
     * Whether a certificate's blob can be parsed by MINA: of a type that we verify, and signed by a key. MINA would also
     * follow a certificate that is signed by a certificate that is signed by a certificate, for as long as its stack lasts.
     */
    static boolean isPlausible(byte[] blob) {
        Buffer fields = new ByteArrayBuffer(blob);
        try {
            Integer keyFields = KEY_FIELDS.get(fields.getString());
            if (keyFields == null) {
                return false;
            }
            for (int skipped = 0; skipped <= keyFields; skipped++) { // the nonce too
                byte[] ignored = fields.getBytes();
            }
            long serial = fields.getLong();
            int type = fields.getInt();
            String id = fields.getString();
            byte[] principals = fields.getBytes();
            long after = fields.getLong();
            long before = fields.getLong();
            byte[] options = fields.getBytes();
            byte[] extensions = fields.getBytes();
            byte[] reserved = fields.getBytes();
            return !isCertificate(fields.getBytes());
        } catch (RuntimeException cutShort) {
            return false;
        }
    }

    private static String firstString(byte[] blob) {
        Buffer buffer = new ByteArrayBuffer(blob);
        try {
            return buffer.getString();
        } catch (RuntimeException cutShort) {
            return "";
        }
    }

    /**
     * Why a certificate opens no door at all now; empty if it could open one. Its two times are seconds since 1970, unsigned,
     * of which the second does not belong to the time any more.
     */
    static Optional<String> unusable(OpenSshCertificate certificate, Instant now) {
        if (certificate.getType() != OpenSshCertificate.Type.USER) {
            return Optional.of("certificate-host");
        }
        if (Long.compareUnsigned(now.getEpochSecond(), certificate.getValidAfter()) < 0) {
            return Optional.of("certificate-early");
        }
        return Long.compareUnsigned(now.getEpochSecond(), certificate.getValidBefore()) < 0
                ? Optional.empty()
                : Optional.of("certificate-expired");
    }

    /**
     * Why a certificate does not open the door now; empty if it does. Its signature is verified first, whoever made it: the
     * time of the answer does not tell whether there is a partner who trusts that authority.
     *
     * @param trust null for who trusts no authority
     * @param from where the client comes from; null where that is not known, which no address list holds
     */
    static Optional<String> refusal(
            OpenSshCertificate certificate, @Nullable Trust trust, @Nullable InetAddress from, Instant now) {
        return isSigned(certificate)
                ? unusable(certificate, now).or(() -> distrust(certificate, trust, from))
                : Optional.of("certificate-signature");
    }

    /**
     * Why a certificate that opened the door before would not any more, its time apart: an authority that certifies for
     * minutes does not mean to end an upload of hours.
     */
    static Optional<String> distrust(
            OpenSshCertificate certificate, @Nullable Trust trust, @Nullable InetAddress from) {
        if (trust == null || !trust.signs(certificate.getCaPubKey())) {
            return Optional.of("certificate-authority");
        }
        if (trust.revoked(certificate)) {
            return Optional.of("certificate-revoked");
        }
        if (!PartnerKeys.isAcceptable(certificate.getCertPubKey())) {
            return Optional.of("certificate-key");
        }
        boolean named = certificate.getPrincipals().size() <= MAX_PRINCIPALS
                && certificate.getPrincipals().stream().anyMatch(trust.principals()::contains);
        return named ? option(certificate, from) : Optional.of("certificate-principal");
    }

    private static Optional<String> option(OpenSshCertificate certificate, @Nullable InetAddress from) {
        for (OpenSshCertificate.CertificateOption option : certificate.getCriticalOptions()) {
            String value = option.getData() == null ? "" : option.getData();
            switch (option.getName()) {
                case SOURCE_ADDRESS -> {
                    if (!comesFrom(value, from)) {
                        return Optional.of("certificate-address");
                    }
                }
                case FORCE_COMMAND -> {
                    if (!value.equals(SFTP)) {
                        return Optional.of("certificate-option");
                    }
                }
                default -> {
                    return Optional.of("certificate-option");
                }
            }
        }
        return Optional.empty();
    }

    private static boolean comesFrom(String networks, @Nullable InetAddress from) {
        boolean inside = false;
        for (String text : networks.split(",", -1)) {
            Optional<Network> network = Network.parse(text.strip());
            if (network.isEmpty()) {
                return false; // not clear what was meant
            }
            inside |= from != null && network.get().contains(from);
        }
        return inside;
    }

    private static boolean isSigned(OpenSshCertificate certificate) {
        PublicKey authority = certificate.getCaPubKey();
        String algorithm = firstString(certificate.getSignature());
        try {
            Signature verifier = NamedFactory.create(SIGNATURES, algorithm);
            if (verifier == null
                    || !PartnerKeys.isAcceptable(authority)
                    || !KeyUtils.getKeyType(authority).equals(KeyUtils.getCanonicalKeyType(algorithm))) {
                return false;
            }
            verifier.initVerifier(null, authority);
            verifier.update(null, certificate.getMessage());
            return verifier.verify(null, certificate.getSignature());
        } catch (GeneralSecurityException | RuntimeException e) {
            return false;
        } catch (Exception e) {
            throw new IllegalStateException("verifying touches nothing outside", e);
        }
    }
}
