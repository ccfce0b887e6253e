package io.intake.processors.unzip.pgp;

import io.intake.config.SignaturePolicy;
import io.intake.processors.unzip.pgp.PgpFault.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPOnePassSignature;
import org.bouncycastle.openpgp.PGPOnePassSignatureList;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;
import org.jspecify.annotations.Nullable;

/**
 * The signatures of a message. One good signature of an agreed signer is wanted, and none of an agreed signer that is bad;
 * those of strangers beside it do not matter. Not thread-safe.
 */
final class Signatures {
    /** Others can be made to fit two contents, or nearly. */
    private static final Set<Integer> HASHES = Set.of(
            HashAlgorithmTags.SHA256,
            HashAlgorithmTags.SHA384,
            HashAlgorithmTags.SHA512,
            HashAlgorithmTags.SHA224,
            HashAlgorithmTags.SHA3_256,
            HashAlgorithmTags.SHA3_512);

    private final PgpKeys keys;
    private final List<Announced> announced = new ArrayList<>();
    private final List<Before> before = new ArrayList<>();
    private boolean any;
    private boolean bad;
    private boolean good;

    /** What is still to come, and whose it must be. */
    private record Announced(
            PGPOnePassSignature signature, @Nullable PGPPublicKey signer) {}

    /** An old form, which comes before what it signs. */
    private record Before(PGPSignature signature, PGPPublicKey signer) {}

    Signatures(PgpKeys keys) {
        this.keys = keys;
    }

    void announced(PGPOnePassSignatureList list) throws PGPException {
        for (PGPOnePassSignature each : list) {
            any = true;
            PGPPublicKey signer = keys.signer(each.getKeyID());
            if (signer != null) {
                each.init(new BcPGPContentVerifierBuilderProvider(), signer);
            }
            announced.add(new Announced(each, signer));
        }
    }

    void before(PGPSignatureList list) throws PGPException {
        for (PGPSignature each : list) {
            any = true;
            PGPPublicKey signer = keys.signer(each.getKeyID());
            if (signer != null) {
                each.init(new BcPGPContentVerifierBuilderProvider(), signer);
                before.add(new Before(each, signer));
            }
        }
    }

    void update(byte[] bytes, int offset, int length) {
        for (Announced each : announced) {
            if (each.signer() != null) {
                each.signature().update(bytes, offset, length);
            }
        }
        for (Before each : before) {
            each.signature().update(bytes, offset, length);
        }
    }

    /** They come in the other order than they were announced. */
    void behind(PGPSignatureList list) throws PGPException {
        for (PGPSignature each : list) {
            any = true;
            if (announced.isEmpty()) {
                bad = true;
                return;
            }
            Announced match = announced.removeLast();
            PGPPublicKey signer = match.signer();
            if (signer != null) {
                take(each, signer, match.signature().verify(each));
            }
        }
    }

    private void take(PGPSignature signature, PGPPublicKey signer, boolean matches) {
        boolean sound = matches && HASHES.contains(signature.getHashAlgorithm()) && PgpKeys.timely(signer, signature);
        good |= sound;
        bad |= !sound;
    }

    /** @throws PgpFault if they are not what the policy wants */
    void judge() throws PgpFault {
        try {
            for (Before each : before) {
                take(each.signature(), each.signer(), each.signature().verify());
            }
        } catch (PGPException unreadable) {
            bad = true;
        }
        // announced by a signer of ours, and then left out
        bad |= announced.stream().anyMatch(each -> each.signer() != null);
        if (bad) {
            throw new PgpFault(Kind.BAD_SIGNATURE);
        }
        if (any && !good) {
            throw new PgpFault(Kind.UNKNOWN_SIGNER);
        }
        if (!any && keys.policy() == SignaturePolicy.REQUIRED) {
            throw new PgpFault(Kind.UNSIGNED);
        }
    }
}
