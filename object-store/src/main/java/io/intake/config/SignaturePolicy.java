package io.intake.config;

import java.util.Locale;

/** What is asked of an encrypted file's signature. */
public enum SignaturePolicy {
    /** It is not looked at. */
    NONE,
    /** A file may come without one; one that it has must be good, and of a signer who was agreed. */
    IF_PRESENT,
    /** A file must have one that is good, and of a signer who was agreed. */
    REQUIRED;

    /** As it is written in a configuration. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
