package io.intake.processors.unzip;

import io.intake.config.Decryption;
import io.intake.config.Feed;
import io.intake.config.PgpDecryption;
import io.intake.config.SignaturePolicy;
import io.intake.processors.unzip.pgp.PgpFile;
import io.intake.processors.unzip.pgp.PgpKeys;
import io.intake.processors.unzip.stream.Decryptor;
import java.util.function.UnaryOperator;

/** Looks up what a feed's files are decrypted with, when it is needed. Thread-safe. */
final class FeedKeys {
    private final UnaryOperator<String> secrets;

    /** @param secrets gives the secret of a reference; throws {@link IllegalStateException} if there is none */
    FeedKeys(UnaryOperator<String> secrets) {
        this.secrets = secrets;
    }

    /** Of the feed's archives. */
    ZipPasswords passwords(Feed feed) {
        return new ZipPasswords(feed.decrypt(), secrets);
    }

    /** Whether the feed takes OpenPGP files. */
    static boolean takesOpenPgp(Feed feed) {
        Decryption decryption = feed.decrypt();
        return decryption != null && decryption.pgp() != null;
    }

    /** Whether the feed takes signed files only. */
    static boolean signaturesRequired(Feed feed) {
        Decryption decryption = feed.decrypt();
        return decryption != null
                && decryption.pgp() != null
                && decryption.pgp().signature() == SignaturePolicy.REQUIRED;
    }

    /** Of the feed's OpenPGP files. */
    Decryptor decryptor(Feed feed) {
        return packed -> new PgpFile(packed, keys(feed));
    }

    private PgpKeys keys(Feed feed) {
        Decryption decryption = feed.decrypt();
        PgpDecryption pgp = decryption == null ? null : decryption.pgp();
        if (pgp == null) {
            throw KeyRefusals.noKey();
        }
        try {
            return PgpKeys.read(
                    pgp.keys().stream().map(secrets).toList(),
                    pgp.passphrases().stream().map(secrets).toList(),
                    pgp.signers().stream()
                            .map(signer -> signer.startsWith("secret:") ? secrets.apply(signer) : signer)
                            .toList(),
                    pgp.signature());
        } catch (IllegalStateException unavailable) {
            throw new SecretUnavailableException(unavailable);
        }
    }
}
