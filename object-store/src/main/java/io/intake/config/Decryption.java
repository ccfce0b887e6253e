package io.intake.config;

import java.util.List;

/**
 * How a feed's files are decrypted. Holds the names of secrets, never secrets: a job keeps a snapshot of its feed.
 *
 * @param zipPasswords of archives, each {@code secret:NAME}, in the order in which they are tried; empty for none
 */
public record Decryption(List<String> zipPasswords) {
    public Decryption {
        zipPasswords = List.copyOf(zipPasswords);
    }
}
