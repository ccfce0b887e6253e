package io.intake.processors.operator;

import io.intake.secrets.Passwords;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;

/** Hashes a password for partners.yml. */
@Command(
        name = "hash-password",
        description =
                "Reads a password from standard input (one line) and prints its Argon2id hash for 'password-hash' in partners.yml.")
final class HashPasswordCommand extends OperatorCommand {
    /** A password that machines use need not be short, and this one is open to the internet. */
    static final int MIN_CHARACTERS = 12;

    static final int MAX_CHARACTERS = 512;

    @Override
    public Integer call() throws IOException {
        byte[] read = surroundings().in().readNBytes(4 * MAX_CHARACTERS + 2);
        // the line's end is the terminal's or echo's, not the password's
        String password = new String(read, StandardCharsets.UTF_8).replaceFirst("\\R\\z", "");
        boolean good = password.length() >= MIN_CHARACTERS
                && password.length() <= MAX_CHARACTERS
                && password.chars().noneMatch(Character::isISOControl);
        if (!good) {
            throw new ProblemException(
                    ExitCode.USAGE,
                    "a password has " + MIN_CHARACTERS + " to " + MAX_CHARACTERS + " characters on one line");
        }
        byte[] salt = new byte[Passwords.SALT_BYTES];
        surroundings().random().accept(salt);
        String hash = Passwords.hash(password, salt).toPhc();
        say(answer().put("password-hash", hash), out -> out.println(hash));
        return ExitCode.OK;
    }
}
