package io.intake.gateway;

import io.intake.secrets.Passwords;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** {@code --hash-password}: reads a password from standard input and prints what goes into partners.yml. */
final class HashPasswordCommand {
    /** A password that machines use need not be short, and this one is open to the internet. */
    static final int MIN_CHARACTERS = 12;

    private static final int WRONG_PASSWORD = 2;

    private HashPasswordCommand() {}

    /**
     * Runs the command.
     *
     * @param random fills a salt with random bytes
     * @return the exit status
     */
    static int run(InputStream in, PrintStream out, PrintStream err, Consumer<byte[]> random) throws IOException {
        byte[] read = in.readNBytes(PartnerAuthenticator.MAX_PASSWORD_CHARACTERS + 2);
        // the line's end is the terminal's or echo's, not the password's
        String password = new String(read, StandardCharsets.UTF_8).replaceFirst("\\R\\z", "");
        if (password.length() < MIN_CHARACTERS
                || password.length() > PartnerAuthenticator.MAX_PASSWORD_CHARACTERS
                || password.chars().anyMatch(Character::isISOControl)) {
            err.println("a password has " + MIN_CHARACTERS + " to " + PartnerAuthenticator.MAX_PASSWORD_CHARACTERS
                    + " characters on one line");
            return WRONG_PASSWORD;
        }
        byte[] salt = new byte[Passwords.SALT_BYTES];
        random.accept(salt);
        out.println(Passwords.hash(password, salt).toPhc());
        return 0;
    }
}
