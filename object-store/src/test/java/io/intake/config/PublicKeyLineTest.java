package io.intake.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A key that lost its tail in a mail passes every glance and fails at the partner's first login, at night. */
class PublicKeyLineTest {
    /** A 1,024-bit key, made for this test. */
    private static final String SHORT_RSA =
            "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC5RjFW5Vh0/QLDT29CEPXnoFCDzwTaM+vRPlJPNxJr"
                    + "LOWM+3meC46C/j2DcZzCN85Kf6jKZwXmGa++H/mTLPiJsanafFchLMjbWVJLiADm836kCWJ4duc9R/Je"
                    + "fqO+eDAIJvZNWruvz5XWCKXAd9GQKzi6sHU7BNSDqO3ATmhopQ==";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICXdN2sO8Chsk5e7x8IQSxatWUQ2T+8w1119imVhF69u",
                "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBM0qp7lG8AHLsS6keBBZDeddQwAyUn+Efl04EZ3gHsudtkJyinMU3GNQVXbi4vZXwOoAXtElwWYZdSwCs8anKrA= batch@st-marys",
                "ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBNn86rfWV2v+Qskd9kGE9v5972JJc/hITU8AOHgt8zXEjUNMA/8KgB/8ea/uEYZ4im/5C6glBobQhZhMofqEatFuJdvrKHrHFnQlJPrRHgs/F4gy5HiG6mexpO/feuKbqw== batch@st-marys",
                "ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAHOROuewYldOtE6FiEIxURklKAXNkLZehkcuwAp5YR4Hyour5HRNsvIvfqqT2k0PWe8zE39NnlSC05WT2/nBk9J7wD1vZYSlQSySWt5f8wsLrOiMAssor00wDpThSKH94Fbo4tV/Qu2h3jfz8vgigMo1m+Q9WtKNsao/cYvzKn/PIqZCA== batch@st-marys",
                "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDp9MvRuYoBz0iXvwliSfZTFsbc6AZ4wi0hgqGKtjYNPG6tPhP/vuMYSMy24C1FKq5q5X5ZDW/Zu7PranibKVA9ulIdzKIjTCDG2xph1/PlpwnyufVnfwOU2EHWcjDzsasE0jKEsYzzR1diIY/9k4bncTjxyy0t3LPXW1QCC2JtaHnU15Nk1gQEndCeIhJoX4nlF2LUN0OZXvS9RRntCxVd/p4z0afhtTp95nobfXSdwMXtONMHtsu3qI9Xt7QoNnAI1+qP8E2O87kynZVdwRCE3yESLJ7eazXyUiKypX1pGQb/rNxfK1BUb0Nd1lpmHecU9V3rQrhP5V1b0Z65kjFT batch@st-marys"
            })
    void whatSshKeygenWritesIsAcceptedAndNoPartOfItIs(String line) {
        assertThat(PublicKeyLine.mistake(line)).isEmpty();
        String[] words = line.split(" ", 3);
        byte[] blob = Base64.getDecoder().decode(words[1]);
        for (int length = 0; length < blob.length; length++) {
            String cut = Base64.getEncoder().encodeToString(Arrays.copyOf(blob, length));
            assertThat(PublicKeyLine.mistake(words[0] + " " + cut))
                    .as("cut to %d bytes", length)
                    .isPresent();
        }
        String longer = Base64.getEncoder().encodeToString(Arrays.copyOf(blob, blob.length + 1));
        assertThat(PublicKeyLine.mistake(words[0] + " " + longer)).contains("the key is damaged or cut short");
    }

    @Test
    void keysOfSecurityTokensAreAccepted() {
        byte[] point = new byte[65];
        point[0] = 4;
        assertThat(PublicKeyLine.mistake(line("sk-ssh-ed25519@openssh.com", new byte[32], bytes("ssh:"))))
                .isEmpty();
        assertThat(PublicKeyLine.mistake(
                        line("sk-ecdsa-sha2-nistp256@openssh.com", bytes("nistp256"), point, bytes("ssh:"))))
                .isEmpty();
    }

    @Test
    void anAlgorithmThatIsNotTheBlobsIsRefused() {
        String blob = line("ssh-ed25519", new byte[32]).split(" ", 2)[1];
        assertThat(PublicKeyLine.mistake("ssh-rsa " + blob)).contains("the key is damaged or cut short");
    }

    @Test
    void shortRsaKeysAndOldAlgorithmsAreRefused() {
        assertThat(PublicKeyLine.mistake(SHORT_RSA)).contains("an RSA key must have 2,048 to 16,384 bits");
        assertThat(PublicKeyLine.mistake(line("ssh-dss", new byte[20])))
                .contains("this kind of key is not accepted; use ssh-ed25519, ecdsa-sha2-nistp256 or ssh-rsa");
    }

    @Test
    void aPrivateKeyIsCalledOneSoThatItIsReplaced() {
        assertThat(PublicKeyLine.mistake("-----BEGIN OPENSSH " + "PRIVATE KEY-----")
                        .orElseThrow())
                .startsWith("this is a private key");
    }

    @Test
    void whatIsNoKeyLineIsRefused() {
        for (String line : List.of(
                "ssh-ed25519",
                "AAAA",
                "no-pty ssh-ed25519 AAAA",
                "ssh-ed25519 ????",
                "ssh-ed25519 AAAA a\nssh-ed25519 AAAA b")) {
            assertThat(PublicKeyLine.mistake(line)).as(line).isPresent();
        }
    }

    private static String line(String algorithm, byte[]... fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream blob = new DataOutputStream(bytes)) {
            blob.writeInt(algorithm.length());
            blob.write(bytes(algorithm));
            for (byte[] field : fields) {
                blob.writeInt(field.length);
                blob.write(field);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return algorithm + " " + Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
