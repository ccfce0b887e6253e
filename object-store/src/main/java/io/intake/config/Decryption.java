package io.intake.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a feed's files are decrypted. Holds the names of secrets, never secrets: a job keeps a snapshot of its feed.
 *
 * @param zipPasswords of archives, each {@code secret:NAME}, in the order in which they are tried; empty for none
 * @param pgp of OpenPGP files; null where none are taken
 */
public record Decryption(
        List<String> zipPasswords, @Nullable PgpDecryption pgp) {
    public Decryption {
        zipPasswords = List.copyOf(zipPasswords);
    }

    /** Of archives with passwords. */
    public Decryption(List<String> zipPasswords) {
        this(zipPasswords, null);
    }
}
