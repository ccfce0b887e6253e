package io.intake.config;

import java.util.List;

/**
 * How OpenPGP files are decrypted and verified. Holds the names of secrets, never secrets.
 *
 * @param keys our private keys, each {@code secret:NAME} of an armoured block; several while partners change over
 * @param passphrases of those that have one, each {@code secret:NAME}
 * @param signature what is asked of signatures
 * @param signers the partner's public keys: armoured blocks, or {@code secret:NAME} of one
 */
public record PgpDecryption(
        List<String> keys, List<String> passphrases, SignaturePolicy signature, List<String> signers) {
    public PgpDecryption {
        keys = List.copyOf(keys);
        passphrases = List.copyOf(passphrases);
        signers = List.copyOf(signers);
    }
}
