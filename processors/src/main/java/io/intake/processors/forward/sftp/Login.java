package io.intake.processors.forward.sftp;

import io.intake.config.SftpTarget;
import io.intake.processors.Secrets;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.jspecify.annotations.Nullable;

/** Who we are to a server, with the secrets themselves. Made anew for each connection, so that changed secrets are used. */
final class Login {
    private final List<KeyPair> keys = new ArrayList<>();
    private final @Nullable String password;

    /** @throws SftpFault if a secret is not there, or is no key */
    Login(SftpTarget.Identity identity, Secrets secrets) throws SftpFault {
        try {
            String key = identity.key();
            if (key != null) {
                String passphrase = identity.passphrase();
                keys.addAll(
                        read(secrets.resolve(key).strip(), passphrase == null ? null : secrets.resolve(passphrase)));
            }
            String secret = identity.password();
            password = secret == null ? null : secrets.resolve(secret);
        } catch (IllegalStateException absent) {
            throw new SftpFault("SECRET_ABSENT", false);
        }
    }

    private static List<KeyPair> read(String text, @Nullable String passphrase) throws SftpFault {
        List<KeyPair> pairs = new ArrayList<>();
        try {
            FilePasswordProvider password =
                    passphrase == null ? FilePasswordProvider.EMPTY : FilePasswordProvider.of(passphrase);
            ByteArrayInputStream in = new ByteArrayInputStream((text + "\n").getBytes(StandardCharsets.UTF_8));
            Iterable<KeyPair> found =
                    SecurityUtils.loadKeyPairIdentities(null, NamedResource.ofName("key"), in, password);
            if (found != null) {
                found.forEach(pairs::add);
            }
        } catch (IOException | GeneralSecurityException | RuntimeException unreadable) {
            throw new SftpFault("SFTP_KEY_UNUSABLE", false);
        }
        if (pairs.isEmpty()) {
            throw new SftpFault("SFTP_KEY_UNUSABLE", false);
        }
        return pairs;
    }

    void to(ClientSession session) {
        keys.forEach(session::addPublicKeyIdentity);
        if (password != null) {
            session.addPasswordIdentity(password);
        }
    }
}
