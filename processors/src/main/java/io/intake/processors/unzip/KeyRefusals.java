package io.intake.processors.unzip;

import io.intake.processors.job.RefusedException;
import io.intake.processors.unzip.pgp.PgpFault;

/** As {@link Refusals}, of files that are encrypted. Pure. */
final class KeyRefusals {
    private KeyRefusals() {}

    static RefusedException encrypted(Member member) {
        return RefusedException.badData(
                "ENCRYPTED",
                "Entry " + member.number() + " of the archive is protected by a password.",
                "Send the archive without a password, or agree one with us.");
    }

    static RefusedException unsupportedEncryption(Member member) {
        return RefusedException.badData(
                "UNSUPPORTED_ENCRYPTION",
                "Entry " + member.number() + " of the archive is encrypted by a method that is not supported.",
                "Make the archive with AES-256 as WinZip and 7-Zip do, or without a password.");
    }

    static RefusedException wrongPassword(Member member) {
        return RefusedException.badData(
                "WRONG_PASSWORD",
                "None of the passwords that were agreed opens entry " + member.number() + " of the archive.",
                "Make the archive with the password that was agreed, or agree a new one with us; then send it again.");
    }

    static RefusedException notAuthentic(int number) {
        return RefusedException.badData(
                "NOT_AUTHENTIC",
                "The content of entry " + number
                        + " of the archive does not match its authentication code: it was damaged, or changed, after"
                        + " it was encrypted.",
                Refusals.SEND_AGAIN);
    }

    static RefusedException noKey() {
        return RefusedException.badData(
                "ENCRYPTED",
                "The file is encrypted with OpenPGP, for which nothing was agreed.",
                "Send the file without encryption, or exchange keys with us.");
    }

    static RefusedException pgp(PgpFault.Kind kind) {
        return switch (kind) {
            case WRONG_KEY ->
                RefusedException.badData(
                        "WRONG_KEY",
                        "The file is encrypted for another key than ours.",
                        "Encrypt it with the public key that we gave you last.");
            case NOT_ENCRYPTED ->
                RefusedException.badData(
                        "NOT_ENCRYPTED",
                        "The file is in the format of OpenPGP, but not encrypted.",
                        "Encrypt it with our public key.");
            case UNPROTECTED ->
                RefusedException.badData(
                        "NOT_PROTECTED",
                        "The file is encrypted without protection against changes (MDC or AEAD).",
                        "Encrypt it with a current tool, without options that switch the protection off.");
            case CHANGED ->
                RefusedException.badData(
                        "NOT_AUTHENTIC",
                        "The encrypted file is damaged, was cut short, or was changed after it was encrypted.",
                        "Encrypt the file again and send it once more.");
            case UNSIGNED ->
                RefusedException.badData(
                        "SIGNATURE_MISSING",
                        "The file is not signed, which was agreed.",
                        "Sign the file when you encrypt it.");
            case BAD_SIGNATURE ->
                RefusedException.badData(
                        "SIGNATURE_BAD",
                        "The file's signature does not match it, is not of its key's time, or uses a hash function"
                                + " that is no longer safe.",
                        "Sign and encrypt the file again, with SHA-256 or better, and send it once more.");
            case UNKNOWN_SIGNER ->
                RefusedException.badData(
                        "SIGNER_UNKNOWN",
                        "The file is signed with a key that was not agreed.",
                        "Sign it with the key that you gave us, or give us the new one.");
        };
    }
}
