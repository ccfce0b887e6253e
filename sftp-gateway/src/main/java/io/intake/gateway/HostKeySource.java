package io.intake.gateway;

import io.intake.secrets.SecretName;
import java.io.IOException;
import java.nio.file.Path;

/** Where the host keys come from. */
public sealed interface HostKeySource {

    /** A file with one or more private keys in OpenSSH's or PEM format, not encrypted. */
    record File(Path path) implements HostKeySource {}

    /** The same text, from the environment or a secret store. */
    record Text(String keys) implements HostKeySource {
        /** Without the keys: they are secret. */
        @Override
        public String toString() {
            return "Text[...]";
        }
    }

    /**
     * The same text, kept by AWS under a name.
     *
     * @param name for messages
     * @param reader reads it
     */
    record Secret(SecretName name, Reader reader) implements HostKeySource {
        @Override
        public String toString() {
            return "Secret[" + name + "]";
        }
    }

    /** Reads a secret. */
    @FunctionalInterface
    interface Reader {
        /**
         * The secret's text.
         *
         * @throws IOException if it cannot be had; the message says why and holds no secret
         */
        String read() throws IOException;
    }

    /** A new Ed25519 key at every start. For tests and trials only: clients would warn of a changed key. */
    record Ephemeral() implements HostKeySource {}
}
