package io.intake.gateway;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.security.SecurityUtils;

/** The server's own keys. Only in OpenSSH's or PEM format: Java serialisation of keys has been an attack. */
public final class HostKeys {
    private static final int ED25519_BITS = 256;

    private HostKeys() {}

    /**
     * Loads the keys.
     *
     * @throws GatewayConfigException if there are none, or they cannot be read or are too weak
     */
    public static List<KeyPair> load(HostKeySource source) {
        try {
            return switch (source) {
                case HostKeySource.File(var path) -> parse(Files.readAllBytes(path));
                case HostKeySource.Text(String keys) -> parse(keys.getBytes(StandardCharsets.UTF_8));
                case HostKeySource.Ephemeral() -> List.of(generate());
            };
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            if (e instanceof GatewayConfigException problem) {
                throw problem;
            }
            // the exception's own message could hold key material
            throw problem("cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    private static List<KeyPair> parse(byte[] text) throws IOException, GeneralSecurityException {
        Iterable<KeyPair> loaded = SecurityUtils.loadKeyPairIdentities(
                null, NamedResource.ofName("host key"), new ByteArrayInputStream(text), FilePasswordProvider.EMPTY);
        List<KeyPair> keys = new ArrayList<>();
        if (loaded != null) {
            loaded.forEach(keys::add);
        }
        if (keys.isEmpty()) {
            throw problem("there is no private key in it");
        }
        for (KeyPair key : keys) {
            if (!PartnerKeys.isAcceptable(key.getPublic())) {
                throw problem("only Ed25519, ECDSA and RSA of at least 2048 bits are used");
            }
        }
        return List.copyOf(keys);
    }

    private static GatewayConfigException problem(String what) {
        return new GatewayConfigException(List.of("host key: " + what));
    }

    /** A new Ed25519 key. */
    public static KeyPair generate() {
        try {
            return KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, ED25519_BITS);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no Ed25519 here", e);
        }
    }

    /** A private key as the text of an OpenSSH key file, for {@link HostKeySource.Text} or to be kept. */
    public static String toOpenSsh(KeyPair key, String comment) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(key, comment, null, out);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("a key that was made here can be written", e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /** The fingerprint as OpenSSH shows it: {@code SHA256:...}. */
    public static String fingerprint(KeyPair key) {
        return KeyUtils.getFingerPrint(key.getPublic());
    }
}
