package io.intake.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.secrets.SecretName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose key changes without warning trains every hospital to ignore the warning. */
class HostKeysTest {
    @TempDir
    private Path folder;

    private static String openSsh(KeyPair key) {
        return HostKeys.toOpenSsh(key, "test");
    }

    private static List<String> fingerprints(List<KeyPair> keys) {
        return keys.stream().map(HostKeys::fingerprint).toList();
    }

    @Test
    void everyTypeAndFormatIsReadAndSeveralInOneText() throws Exception {
        OpenSsh openSsh = new OpenSsh(folder);
        StringBuilder text = new StringBuilder("# our keys\n");
        String[][] kinds = {
            {"ed25519", "256", "RFC4716"},
            {"ecdsa", "256", "RFC4716"},
            {"ecdsa", "384", "PEM"},
            {"ecdsa", "521", "PKCS8"},
            {"rsa", "2048", "RFC4716"},
            {"rsa", "3072", "PEM"},
            {"rsa", "2048", "PKCS8"}
        };
        for (int i = 0; i < kinds.length; i++) {
            String ignored = openSsh.newKey("k" + i, "-t", kinds[i][0], "-b", kinds[i][1], "-m", kinds[i][2]);
            text.append(Files.readString(folder.resolve("k" + i))).append("\r\n");
        }
        List<KeyPair> keys = HostKeys.load(new HostKeySource.Text(text.toString()));
        assertThat(keys).hasSize(kinds.length);
        for (int i = 0; i < kinds.length; i++) {
            assertThat(Files.readString(folder.resolve("k" + i + ".pub")))
                    .startsWith(PublicKeyEntry.toString(keys.get(i).getPublic()));
        }
        assertThat(HostKeys.inUse(keys)).extracting(KeyUtils::getKeyType).doesNotHaveDuplicates();
        assertThat(HostKeys.inUse(keys)).hasSize(5).contains(keys.get(4));
    }

    @Test
    void ed25519InPkcs8IsRead() throws Exception {
        KeyPair key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        String pem = "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(key.getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
        assertThat(HostKeys.load(new HostKeySource.Text(pem)))
                .singleElement()
                .extracting(KeyUtils::getKeyType)
                .isEqualTo("ssh-ed25519");
    }

    @Test
    void whatIsNoKeyOrTooWeakOrThereTwiceIsRefused() throws Exception {
        KeyPair key = HostKeys.generate();
        ByteArrayOutputStream serialised = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(serialised)) {
            out.writeObject(KeyPairGenerator.getInstance("RSA").generateKeyPair());
        }
        for (String bad : List.of(
                openSsh(KeyUtils.generateKeyPair("ssh-rsa", 1024)),
                openSsh(key) + openSsh(key),
                openSsh(key) + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                openSsh(key) + "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
                PublicKeyEntry.toString(key.getPublic()),
                serialised.toString(StandardCharsets.ISO_8859_1))) {
            assertThatThrownBy(() -> HostKeys.load(new HostKeySource.Text(bad)))
                    .isInstanceOf(GatewayConfigException.class)
                    .hasMessageContaining("host key");
        }
        Path file = Files.write(folder.resolve("serialised"), serialised.toByteArray());
        assertThatThrownBy(() -> HostKeys.load(new HostKeySource.File(file)))
                .isInstanceOf(GatewayConfigException.class);
    }

    @Test
    void aSecretIsReadByItsNameAndWhyItCannotBeIsTold() {
        SecretName name = SecretName.parse("ssm:/host-keys").orElseThrow();
        KeyPair key = HostKeys.generate();
        HostKeySource secret = new HostKeySource.Secret(name, () -> openSsh(key));
        assertThat(fingerprints(HostKeys.load(secret))).containsExactly(HostKeys.fingerprint(key));
        assertThat(secret.toString()).isEqualTo("Secret[ssm:/host-keys]");
        assertThatThrownBy(() -> HostKeys.load(new HostKeySource.Secret(name, () -> {
                    throw new IOException("the service answers 400 AccessDeniedException");
                })))
                .isInstanceOf(GatewayConfigException.class)
                .hasMessageContaining("ssm:/host-keys cannot be had: the service answers 400 AccessDeniedException");
    }

    private static GatewayFixture fixture(KeyPair... keys) throws IOException {
        StringBuilder text = new StringBuilder();
        for (KeyPair key : keys) {
            text.append(openSsh(key));
        }
        GatewayConfig config = GatewayConfig.loopback(
                new HostKeySource.Text(text.toString()), "an audit key for tests".getBytes(StandardCharsets.US_ASCII));
        return new GatewayFixture(config.withUploadMemory(64L << 20));
    }

    @Test
    void openSshLearnsTomorrowsKeysAndGoesOnWhenTheyComeIntoUse() throws Exception {
        KeyPair today = HostKeys.generate();
        KeyPair tomorrow = HostKeys.generate();
        KeyPair rsa = KeyUtils.generateKeyPair("ssh-rsa", 2048);
        KeyPair ecdsa = KeyUtils.generateKeyPair("ecdsa-sha2-nistp384", 384);
        Path known = folder.resolve("known_hosts");
        OpenSsh openSsh = new OpenSsh(folder)
                .with("UserKnownHostsFile", known.toString())
                .with("UpdateHostKeys", "yes")
                .with("HostKeyAlias", "gateway");
        for (String algorithm : List.of("ssh-ed25519", "rsa-sha2-256", "rsa-sha2-512")) {
            openSsh.with("HostKeyAlgorithms", algorithm + ",rsa-sha2-512,ecdsa-sha2-nistp384,ssh-ed25519")
                    .with("StrictHostKeyChecking", "yes");
            try (GatewayFixture fixture = fixture(today, tomorrow, rsa, ecdsa)) {
                openSsh.write("id", fixture.key);
                KeyPair met = algorithm.startsWith("rsa") ? rsa : today;
                Files.writeString(known, "gateway " + PublicKeyEntry.toString(met.getPublic()) + "\n");
                assertThat(openSsh.sftp(fixture, "id", "pwd").status()).isZero();
            }
            assertThat(Files.readString(known))
                    .as(algorithm)
                    .contains(PublicKeyEntry.toString(today.getPublic()))
                    .contains(PublicKeyEntry.toString(tomorrow.getPublic()))
                    .contains(PublicKeyEntry.toString(rsa.getPublic()))
                    .contains(PublicKeyEntry.toString(ecdsa.getPublic()));
        }
        openSsh.with("HostKeyAlgorithms", "ssh-ed25519");
        try (GatewayFixture fixture = fixture(tomorrow, HostKeys.generate())) {
            openSsh.write("id", fixture.key);
            assertThat(openSsh.sftp(fixture, "id", "pwd").status()).isZero();
        }
        // and what is not announced any more is forgotten
        assertThat(Files.readString(known)).doesNotContain(PublicKeyEntry.toString(today.getPublic()));
    }
}
