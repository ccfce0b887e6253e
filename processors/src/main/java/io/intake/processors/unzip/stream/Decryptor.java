package io.intake.processors.unzip.stream;

import java.io.IOException;
import java.io.InputStream;

/** Opens an OpenPGP message. */
@FunctionalInterface
public interface Decryptor {
    /**
     * Opens a message.
     *
     * @param packed the message, armoured or not
     * @return its content, whose end is told only once everything about it was verified
     */
    InputStream open(InputStream packed) throws IOException;

    /** For files that are not encrypted. */
    static Decryptor none() {
        return packed -> {
            throw new IOException("there are no keys");
        };
    }
}
