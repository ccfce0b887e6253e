package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.LIMIT;
import static io.intake.gateway.GatewayFixture.PARTNER;
import static org.assertj.core.api.Assertions.assertThat;

import io.intake.config.Configuration;
import io.intake.config.Login;
import io.intake.config.Network;
import io.intake.config.Partner;
import io.intake.config.Permission;
import io.intake.config.Quota;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An algorithm that comes back with a library's next version is noticed by an attacker first. */
class AlgorithmsTest {
    private static final Set<String> EXCHANGES = Set.of(
            "mlkem768x25519-sha256",
            "sntrup761x25519-sha512",
            "sntrup761x25519-sha512@openssh.com",
            "curve25519-sha256",
            "curve25519-sha256@libssh.org",
            "ecdh-sha2-nistp256",
            "ecdh-sha2-nistp384",
            "ext-info-s",
            "kex-strict-s-v00@openssh.com");
    private static final Set<String> HOST_KEYS = Set.of(
            "ssh-ed25519",
            "ecdsa-sha2-nistp256",
            "ecdsa-sha2-nistp384",
            "ecdsa-sha2-nistp521",
            "rsa-sha2-512",
            "rsa-sha2-256");
    private static final Set<String> CIPHERS = Set.of(
            "aes128-gcm@openssh.com",
            "aes256-gcm@openssh.com",
            "aes128-ctr",
            "aes192-ctr",
            "aes256-ctr",
            "chacha20-poly1305@openssh.com");
    private static final Set<String> MACS = Set.of("hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com");

    @TempDir
    private Path folder;

    private GatewayFixture fixture;

    @BeforeEach
    void start() throws Exception {
        StringBuilder keys = new StringBuilder();
        keys.append(HostKeys.toOpenSsh(HostKeys.generate(), ""));
        keys.append(HostKeys.toOpenSsh(KeyUtils.generateKeyPair("ecdsa-sha2-nistp256", 256), ""));
        keys.append(HostKeys.toOpenSsh(KeyUtils.generateKeyPair("ssh-rsa", 2048), ""));
        fixture = new GatewayFixture(GatewayConfig.loopback(
                new HostKeySource.Text(keys.toString()), "an audit key for tests".getBytes(StandardCharsets.US_ASCII)));
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    /** The ten lists of the server's proposal (RFC 4253 section 7.1). */
    private List<List<String>> proposal() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.gateway.port())) {
            socket.setSoTimeout((int) LIMIT.toMillis());
            socket.getOutputStream().write("SSH-2.0-test\r\n".getBytes(StandardCharsets.US_ASCII));
            DataInputStream in = new DataInputStream(socket.getInputStream());
            int read = in.read();
            while (read != '\n') {
                assertThat(read).isNotNegative();
                read = in.read();
            }
            int length = in.readInt();
            int padding = in.readUnsignedByte();
            assertThat(in.readUnsignedByte()).isEqualTo(20);
            in.readFully(new byte[16]);
            List<List<String>> lists = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                byte[] list = new byte[in.readInt()];
                in.readFully(list);
                String text = new String(list, StandardCharsets.US_ASCII);
                lists.add(text.isEmpty() ? List.of() : List.of(text.split(",")));
            }
            assertThat(length).isGreaterThan(padding);
            return lists;
        }
    }

    @Test
    void theProposalHoldsModernAlgorithmsOnlyTheBestFirst() throws IOException {
        List<List<String>> lists = proposal();
        assertThat(lists.get(0))
                .isSubsetOf(EXCHANGES)
                .startsWith("mlkem768x25519-sha256")
                .contains("sntrup761x25519-sha512@openssh.com", "curve25519-sha256", "kex-strict-s-v00@openssh.com");
        assertThat(lists.get(1)).isSubsetOf(HOST_KEYS).contains("ssh-ed25519", "rsa-sha2-256", "rsa-sha2-512");
        for (int direction = 0; direction < 2; direction++) {
            assertThat(lists.get(2 + direction)).isSubsetOf(CIPHERS).startsWith("aes128-gcm@openssh.com");
            assertThat(lists.get(4 + direction)).containsExactlyInAnyOrderElementsOf(MACS);
            assertThat(lists.get(6 + direction)).containsExactly("none");
            assertThat(lists.get(8 + direction)).isEmpty();
        }
    }

    @Test
    void openSshAgreesOnEachAndOnNothingElse() throws Exception {
        OpenSsh openSsh = new OpenSsh(folder).with("LogLevel", "INFO");
        openSsh.write("id", fixture.key);
        for (String right : List.of(
                "KexAlgorithms=sntrup761x25519-sha512@openssh.com",
                "KexAlgorithms=curve25519-sha256",
                "KexAlgorithms=ecdh-sha2-nistp256",
                "Ciphers=aes128-gcm@openssh.com",
                "Ciphers=aes256-gcm@openssh.com",
                "Ciphers=aes256-ctr",
                "HostKeyAlgorithms=rsa-sha2-512",
                "HostKeyAlgorithms=ecdsa-sha2-nistp256")) {
            assertThat(one(openSsh, right).status()).as(right).isZero();
        }
        for (String wrong : List.of(
                "KexAlgorithms=diffie-hellman-group14-sha1",
                "KexAlgorithms=diffie-hellman-group14-sha256",
                "KexAlgorithms=diffie-hellman-group-exchange-sha256",
                "Ciphers=aes128-cbc",
                "Ciphers=3des-cbc",
                "HostKeyAlgorithms=ssh-rsa",
                "HostKeyAlgorithms=ssh-dss")) {
            OpenSsh.Outcome outcome = one(openSsh, wrong);
            assertThat(outcome.status()).as(wrong).isNotZero();
            assertThat(outcome.output()).as(wrong).contains("no matching");
        }
        openSsh.with("Ciphers", "aes128-ctr");
        for (String wrong : List.of("hmac-sha1", "hmac-sha1-etm@openssh.com", "hmac-sha2-256", "umac-64@openssh.com")) {
            assertThat(one(openSsh, "MACs=" + wrong).output()).as(wrong).contains("no matching MAC");
        }
    }

    private OpenSsh.Outcome one(OpenSsh openSsh, String option) throws Exception {
        return openSsh.client("sftp", "-P", fixture, "id", List.of("-o", option, "-b", "-", OpenSsh.target()), "pwd\n");
    }

    private Partner partner(String id, java.security.KeyPair key, String network, boolean older) {
        Login login = new Login(
                List.of(PublicKeyEntry.toString(key.getPublic())),
                null,
                null,
                List.of(Network.parse(network).orElseThrow()),
                null,
                false,
                older);
        return new Partner(id, login, Quota.DEFAULT, EnumSet.allOf(Permission.class), List.of());
    }

    private void configure(Partner... partners) {
        fixture.configuration = new Configuration(List.of(partners), Map.of(), null);
    }

    @Test
    void anExceptionHoldsForItsPartnerFromItsNetworksAndIsWrittenDown() throws Exception {
        OpenSsh openSsh = new OpenSsh(folder)
                .with("LogLevel", "INFO")
                .with("Ciphers", "aes128-ctr")
                .with("MACs", "hmac-sha2-256");
        openSsh.write("id", fixture.key);
        Partner other = partner(GatewayFixture.OTHER, fixture.otherKey, "127.0.0.0/8", true);

        configure(partner(PARTNER, fixture.key, "127.0.0.0/8", true));
        assertThat(openSsh.sftp(fixture, "id", "pwd").status()).isZero();
        assertThat(fixture.audit)
                .singleElement()
                .asString()
                .contains("\"outcome\":\"accepted\",\"reason\":\"older-algorithms\"");
        assertThat(proposal().get(4)).contains("hmac-sha2-256", "hmac-sha2-512").doesNotContain("hmac-sha1");
        assertThat(proposal().get(0)).contains("diffie-hellman-group14-sha256", "kex-strict-s-v00@openssh.com");

        configure(partner(PARTNER, fixture.key, "198.51.100.0/24", true));
        assertThat(openSsh.sftp(fixture, "id", "pwd").output()).contains("no matching MAC");
        assertThat(proposal().get(4)).containsExactlyInAnyOrderElementsOf(MACS);

        fixture.audit.clear();
        configure(partner(PARTNER, fixture.key, "127.0.0.0/8", false), other);
        assertThat(openSsh.sftp(fixture, "id", "pwd").output()).contains("Permission denied");
        GatewayFixture.await("an audit line", () -> !fixture.audit.isEmpty());
        assertThat(fixture.audit).singleElement().asString().contains("\"reason\":\"algorithms\"");
        openSsh.with("MACs", "hmac-sha2-256-etm@openssh.com");
        assertThat(openSsh.sftp(fixture, "id", "pwd").status()).isZero();
        openSsh.with("KexAlgorithms", "diffie-hellman-group14-sha256");
        assertThat(openSsh.sftp(fixture, "id", "pwd").output()).contains("Permission denied");
    }

    @Test
    void transfersGoOnThroughChangesOfKeys() throws Exception {
        OpenSsh openSsh = new OpenSsh(folder);
        openSsh.write("id", fixture.key);
        byte[] bytes = GatewayFixture.bytes(24 << 20, 1);
        Files.write(folder.resolve("big"), bytes);
        for (String cipher : List.of("aes128-gcm@openssh.com", "aes256-ctr")) {
            openSsh.with("Ciphers", cipher).with("RekeyLimit", "1M");
            OpenSsh.Outcome outcome = openSsh.sftp(fixture, "id", "put big", "get big back", "rm big");
            assertThat(outcome.status()).as(outcome.output()).isZero();
            assertThat(folder.resolve("back")).hasBinaryContent(bytes);
        }
    }
}
