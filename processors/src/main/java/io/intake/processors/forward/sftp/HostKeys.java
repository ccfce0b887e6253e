package io.intake.processors.forward.sftp;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;

/** The keys that a server may show, by their fingerprints. Pure. */
final class HostKeys {
    private final Set<String> fingerprints = new TreeSet<>();
    private final EnumSet<Family> families = EnumSet.noneOf(Family.class);

    /**
     * Kinds of keys, the one to ask for first in front. A server shows the first that it has of those asked for, so that one
     * who asks for all may be shown another key than the one that he knows.
     */
    enum Family {
        ED25519,
        ECDSA,
        RSA;

        /** What to ask the server for. */
        List<NamedFactory<Signature>> signatures() {
            return switch (this) {
                case ED25519 -> List.of(BuiltinSignatures.ed25519);
                case ECDSA ->
                    List.of(BuiltinSignatures.nistp256, BuiltinSignatures.nistp384, BuiltinSignatures.nistp521);
                case RSA -> List.of(BuiltinSignatures.rsaSHA512, BuiltinSignatures.rsaSHA256);
            };
        }
    }

    /** @param pinned public key lines, or fingerprints */
    HostKeys(List<String> pinned) {
        for (String pin : pinned) {
            if (pin.startsWith("SHA256:")) {
                // It does not say of what kind the key is
                fingerprints.add(pin);
                families.addAll(EnumSet.allOf(Family.class));
            } else {
                String[] words = pin.split("[ \\t]+", 3);
                fingerprints.add(fingerprint(Base64.getDecoder().decode(words[1])));
                families.add(family(words[0]));
            }
        }
    }

    /** What a server can be asked for, one after another. */
    Set<Family> families() {
        return EnumSet.copyOf(families);
    }

    /** @param fingerprint as {@code ssh-keygen -lf} prints it */
    boolean has(String fingerprint) {
        return fingerprints.contains(fingerprint);
    }

    private static Family family(String algorithm) {
        if (algorithm.contains("ed25519")) {
            return Family.ED25519;
        }
        return algorithm.contains("ecdsa") ? Family.ECDSA : Family.RSA;
    }

    private static String fingerprint(byte[] blob) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(blob);
            return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
