package io.intake.gateway;

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

    /** A new Ed25519 key at every start. For tests and trials only: clients would warn of a changed key. */
    record Ephemeral() implements HostKeySource {}
}
