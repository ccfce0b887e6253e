package io.intake.gateway;

import io.intake.secrets.SecretName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.security.SecurityUtils;

/**
 * The server's own keys. Only in OpenSSH's or PEM format (PKCS#8 too): Java serialisation of keys has been an attack. The first
 * key of each type is the one in use; further ones of that type are announced, so that clients know them when their time comes.
 */
public final class HostKeys {
    private static final int ED25519_BITS = 256;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----.*?-----END \\1-----", Pattern.DOTALL);

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
                case HostKeySource.Secret(var name, var reader) -> parse(read(name, reader));
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

    private static byte[] read(SecretName name, HostKeySource.Reader reader) {
        try {
            return reader.read().getBytes(StandardCharsets.UTF_8);
        } catch (IOException | IllegalArgumentException e) {
            throw problem(name + " cannot be had: " + e.getMessage());
        }
    }

    private static List<KeyPair> parse(byte[] text) throws IOException, GeneralSecurityException {
        List<KeyPair> keys = new ArrayList<>();
        // block by block: MINA reads either one key in OpenSSH's format, or several in the others
        Matcher block = BLOCK.matcher(new String(text, StandardCharsets.UTF_8));
        while (block.find()) {
            Iterable<KeyPair> loaded = SecurityUtils.loadKeyPairIdentities(
                    null,
                    NamedResource.ofName("host key"),
                    new ByteArrayInputStream(block.group().getBytes(StandardCharsets.UTF_8)),
                    FilePasswordProvider.EMPTY);
            if (loaded == null) {
                throw problem("there is something in it that is no private key");
            }
            loaded.forEach(keys::add);
        }
        if (keys.isEmpty()) {
            throw problem("there is no private key in it");
        }
        Set<String> seen = new HashSet<>();
        for (KeyPair key : keys) {
            if (!PartnerKeys.isAcceptable(key.getPublic())) {
                throw problem("only Ed25519, ECDSA and RSA of at least 2048 bits are used");
            }
            if (!seen.add(fingerprint(key))) {
                throw problem("a key is given twice");
            }
        }
        return List.copyOf(keys);
    }

    /** The keys in use: the first of each type. */
    static List<KeyPair> inUse(List<KeyPair> keys) {
        Map<String, KeyPair> first = new LinkedHashMap<>();
        keys.forEach(key -> first.putIfAbsent(KeyUtils.getKeyType(key), key));
        return List.copyOf(first.values());
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
