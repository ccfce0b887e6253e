package io.intake.processors.unzip.pgp;

import java.io.IOException;

/** An OpenPGP message is not what was agreed. */
public final class PgpFault extends IOException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** What is wrong. */
    public enum Kind {
        /** It is encrypted for other keys than ours. */
        WRONG_KEY,
        /** It is only signed or compressed. */
        NOT_ENCRYPTED,
        /** It was encrypted without anything that shows changes. */
        UNPROTECTED,
        /** It was damaged, or changed. */
        CHANGED,
        /** Nobody signed it. */
        UNSIGNED,
        /** Its signature does not match its content, or is made with a broken hash function. */
        BAD_SIGNATURE,
        /** Who signed it is none of the signers that were agreed. */
        UNKNOWN_SIGNER
    }

    PgpFault(Kind kind) {
        super(kind.name());
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
