package io.intake.gateway.cipher;

import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.cipher.Cipher;

/** Factories of this package's ciphers, for MINA's lists. */
public final class OpenSshCiphers {
    private OpenSshCiphers() {}

    /** {@code chacha20-poly1305@openssh.com}. */
    public static NamedFactory<Cipher> chacha20Poly1305() {
        return new ChaCha20Poly1305Factory();
    }

    private record ChaCha20Poly1305Factory() implements NamedFactory<Cipher> {
        @Override
        public String getName() {
            return "chacha20-poly1305@openssh.com";
        }

        @Override
        public Cipher create() {
            return new OpenSshChaCha20Poly1305();
        }
    }
}
