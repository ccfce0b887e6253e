package io.intake.processors.unzip.pgp;

import io.intake.config.SignaturePolicy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPPrivateKey;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRingCollection;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.PGPSecretKeyRingCollection;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyDecryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;
import org.jspecify.annotations.Nullable;

/** What messages are decrypted and verified with. Not thread-safe. */
public final class PgpKeys {
    private static final long HIDDEN = 0;

    private final List<PGPKeyPair> secret;
    private final List<PGPPublicKeyRingCollection> signers;
    private final SignaturePolicy policy;

    private PgpKeys(List<PGPKeyPair> secret, List<PGPPublicKeyRingCollection> signers, SignaturePolicy policy) {
        this.secret = secret;
        this.signers = signers;
        this.policy = policy;
    }

    /**
     * Reads keys.
     *
     * @param keys private ones, armoured
     * @param passphrases to try on those that have one
     * @param signers public keys, armoured
     * @throws IllegalStateException if one cannot be read, or no passphrase opens it; neither is in the message
     */
    public static PgpKeys read(
            List<String> keys, List<String> passphrases, List<String> signers, SignaturePolicy policy) {
        try {
            List<PGPKeyPair> secret = new ArrayList<>();
            for (String each : keys) {
                secret.addAll(opened(
                        new PGPSecretKeyRingCollection(stream(each), new BcKeyFingerprintCalculator()), passphrases));
            }
            List<PGPPublicKeyRingCollection> known = new ArrayList<>();
            for (String each : signers) {
                known.add(new PGPPublicKeyRingCollection(stream(each), new BcKeyFingerprintCalculator()));
            }
            return new PgpKeys(secret, known, policy);
        } catch (IllegalStateException locked) {
            throw locked;
        } catch (IOException | PGPException | RuntimeException unreadable) {
            throw new IllegalStateException("an OpenPGP key of the feed cannot be read");
        }
    }

    private static InputStream stream(String key) throws IOException {
        return PGPUtil.getDecoderStream(new ByteArrayInputStream(key.getBytes(StandardCharsets.UTF_8)));
    }

    SignaturePolicy policy() {
        return policy;
    }

    /**
     * The private keys that can be meant.
     *
     * @param keyId 0 where the sender hid it
     */
    List<PGPKeyPair> decrypting(long keyId) {
        return secret.stream()
                .filter(key -> keyId == HIDDEN || key.getKeyID() == keyId)
                .toList();
    }

    private static List<PGPKeyPair> opened(PGPSecretKeyRingCollection rings, List<String> passphrases) {
        List<PGPKeyPair> found = new ArrayList<>();
        for (PGPSecretKeyRing ring : rings) {
            for (PGPSecretKey key : ring) {
                if (!key.isPrivateKeyEmpty() && key.getPublicKey().isEncryptionKey()) {
                    found.add(new PGPKeyPair(key.getPublicKey(), open(key, passphrases)));
                }
            }
        }
        return found;
    }

    private static PGPPrivateKey open(PGPSecretKey key, List<String> passphrases) {
        List<String> tries = new ArrayList<>(passphrases);
        tries.add("");
        for (String each : tries) {
            try {
                PGPPrivateKey opened =
                        key.extractPrivateKey(new BcPBESecretKeyDecryptorBuilder(new BcPGPDigestCalculatorProvider())
                                .build(each.toCharArray()));
                if (opened != null) {
                    return opened;
                }
            } catch (PGPException wrong) {
                // the next may be right
            }
        }
        throw new IllegalStateException("no passphrase of the feed opens its OpenPGP key");
    }

    /** The key that made a signature, if it is one of the signers' that was good when it signed. */
    @Nullable
    PGPPublicKey signer(long keyId) {
        for (PGPPublicKeyRingCollection rings : signers) {
            PGPPublicKey key = rings.getPublicKey(keyId);
            if (key != null && !key.hasRevocation()) {
                return key;
            }
        }
        return null;
    }

    /** Whether a key was valid when a signature says that it was made. */
    static boolean timely(PGPPublicKey key, PGPSignature signature) {
        Instant made = signature.getCreationTime().toInstant();
        Instant from = key.getCreationTime().toInstant();
        long valid = key.getValidSeconds();
        return !made.isBefore(from) && (valid == 0 || !made.isAfter(from.plusSeconds(valid)));
    }
}
