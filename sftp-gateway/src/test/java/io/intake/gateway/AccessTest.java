package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.OTHER;
import static io.intake.gateway.GatewayFixture.PARTNER;
import static io.intake.gateway.GatewayFixture.bytes;
import static io.intake.gateway.GatewayFixture.get;
import static io.intake.gateway.GatewayFixture.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.config.Configuration;
import io.intake.config.Partner;
import io.intake.gateway.access.ConnectionGate;
import io.intake.gateway.access.LoginThrottle;
import io.intake.gateway.access.PasswordPool;
import java.io.IOException;
import java.security.KeyPair;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.common.SftpException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever gets in under another hospital's name reads its patients' records. */
class AccessTest {
    private GatewayFixture fixture;

    @BeforeEach
    void start() throws IOException {
        fixture = new GatewayFixture();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private void configure(String... keyLines) {
        fixture.configuration =
                new Configuration(List.of(new Partner(PARTNER, List.of(keyLines), List.of())), Map.of(), null);
    }

    @Test
    void partnersCannotSeeEachOther() throws IOException {
        try (SftpClient one = fixture.sftp();
                ClientSession session = fixture.connect(OTHER, fixture.otherKey);
                SftpClient two = GatewayFixture.sftp(session)) {
            put(one, "secret", bytes(10, 1));
            put(two, "own", bytes(10, 2));
            for (String path : List.of(
                    "secret",
                    "../st-marys/secret",
                    "/inbound/../st-marys/secret",
                    "/st-marys/secret",
                    "/inbound/st-marys/secret",
                    "/inbound/../../inbound/st-marys/secret",
                    "..%2fst-marys/secret",
                    "/inbound//../..//st-marys/secret")) {
                assertThatThrownBy(() -> get(two, path)).as(path).isInstanceOf(SftpException.class);
            }
            assertThat(get(two, "own")).isEqualTo(bytes(10, 2));
            assertThat(fixture.twin.snapshot()).containsOnlyKeys("inbound/st-marys/secret", "inbound/mercy/own");
        }
    }

    @Test
    void onlyAPartnersOwnKeyOpensTheDoor() {
        assertThatThrownBy(() -> fixture.connect(PARTNER, fixture.otherKey)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> fixture.connect(PARTNER, HostKeys.generate())).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> fixture.connect(PARTNER, null)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> fixture.connect("nobody", fixture.key)).isInstanceOf(IOException.class);
        GatewayFixture.await("audit lines", () -> fixture.audit.size() >= 3);
        assertThat(fixture.audit).allMatch(line -> line.contains("\"outcome\":\"refused\""));
        assertThat(fixture.audit).noneMatch(line -> line.contains("nobody"));
    }

    @Test
    void aLoginIsTold() throws IOException {
        fixture.connect().close();
        assertThat(fixture.audit)
                .singleElement()
                .asString()
                .contains("\"outcome\":\"accepted\"", "\"partner\":\"st-marys\"");
    }

    @Test
    void aPartnerMayHaveSeveralKeysAndTheyChangeWithoutARestart() throws Exception {
        KeyPair ecdsa = KeyUtils.generateKeyPair(KeyPairProvider.ECDSA_SHA2_NISTP256, 256);
        KeyPair rsa = KeyUtils.generateKeyPair(KeyPairProvider.SSH_RSA, 2048);
        configure(
                PublicKeyEntry.toString(ecdsa.getPublic()),
                PublicKeyEntry.toString(rsa.getPublic()) + " batch@st-marys");
        fixture.connect(PARTNER, ecdsa).close();
        fixture.connect(PARTNER, rsa).close();
        assertThatThrownBy(() -> fixture.connect(PARTNER, fixture.key)).isInstanceOf(IOException.class);
    }

    @Test
    void weakKeysAreNotUsed() throws Exception {
        KeyPair weak = KeyUtils.generateKeyPair(KeyPairProvider.SSH_RSA, 1024);
        configure(PublicKeyEntry.toString(weak.getPublic()));
        assertThatThrownBy(() -> fixture.connect(PARTNER, weak)).isInstanceOf(IOException.class);
        assertThat(PartnerKeys.of(fixture.configuration).problems())
                .singleElement()
                .asString()
                .contains("partner st-marys, public key 1");
        configure("ssh-ed25519 nonsense", "", "hello");
        assertThat(PartnerKeys.of(fixture.configuration).problems()).hasSize(3);
    }

    @Test
    void aSignatureWithSha1IsRefused() throws Exception {
        KeyPair rsa = KeyUtils.generateKeyPair(KeyPairProvider.SSH_RSA, 2048);
        configure(PublicKeyEntry.toString(rsa.getPublic()));
        fixture.client()
                .setSignatureFactories(List.of(
                        org.apache.sshd.common.signature.BuiltinSignatures.ed25519,
                        org.apache.sshd.common.signature.BuiltinSignatures.rsa));
        assertThatThrownBy(() -> fixture.connect(PARTNER, rsa)).isInstanceOf(IOException.class);
    }

    @Test
    void nothingButSftpIsServed() throws IOException {
        try (ClientSession session = fixture.connect()) {
            var error = new java.io.ByteArrayOutputStream();
            assertThatThrownBy(() ->
                            session.executeRemoteCommand("scp -t x", error, java.nio.charset.StandardCharsets.UTF_8))
                    .isInstanceOf(IOException.class);
            assertThat(error.toString(java.nio.charset.StandardCharsets.UTF_8)).contains("SFTP only", "without -O");
            assertThatThrownBy(() -> session.startRemotePortForwarding(
                            new SshdSocketAddress("127.0.0.1", 0), new SshdSocketAddress("127.0.0.1", 1)))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> session.createDirectTcpipChannel(
                                    new SshdSocketAddress("127.0.0.1", 1), new SshdSocketAddress("127.0.0.1", 1))
                            .open()
                            .verify(GatewayFixture.LIMIT))
                    .isInstanceOf(IOException.class);
        }
    }

    private DrainableServer server(GatewayConfig config) {
        LoginThrottle throttle = new LoginThrottle(InstantSource.system());
        return SshServers.create(
                config,
                new PartnerAuthenticator(
                        () -> fixture.configuration,
                        InstantSource.system(),
                        throttle,
                        new PasswordPool(1),
                        new OlderAlgorithms(false, () -> fixture.configuration),
                        fixture.metrics),
                new ConnectionGate(config.connections(), throttle),
                List.of(HostKeys.generate()),
                fixture.metrics);
    }

    @Test
    void onlyModernAlgorithmsAreOffered() {
        DrainableServer server = server(GatewayFixture.config());
        assertThat(server.getKeyExchangeFactories()).extracting("name").first().isEqualTo("mlkem768x25519-sha256");
        assertThat(server.getCipherFactoriesNames())
                .noneMatch(name -> name.contains("cbc"))
                .startsWith("aes128-gcm@openssh.com");
        assertThat(server.getMacFactoriesNames())
                .containsExactly("hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com");
        assertThat(server.getSignatureFactoriesNames()).doesNotContain("ssh-rsa", "ssh-dss");
        assertThat(server.getCompressionFactoriesNames()).containsExactly("none");
    }

    @Test
    void olderClientsAreServedOnlyWhereThatIsConfigured() {
        assertThat(server(GatewayFixture.config().withAlgorithms(GatewayConfig.Algorithms.OLDER))
                        .getMacFactoriesNames())
                .containsExactly(
                        "hmac-sha2-256-etm@openssh.com",
                        "hmac-sha2-512-etm@openssh.com",
                        "hmac-sha2-256",
                        "hmac-sha2-512");
    }

    @Test
    void noFileNameIsInTheAuditLog() throws IOException {
        try (SftpClient client = fixture.sftp()) {
            client.mkdir("JOHN-DOE");
            put(client, "JOHN-DOE/JOHN-DOE.tmp", bytes(10, 1));
            client.rename("JOHN-DOE/JOHN-DOE.tmp", "JOHN-DOE/JOHN-DOE.csv");
            assertThat(get(client, "JOHN-DOE/JOHN-DOE.csv")).hasSize(10);
            assertThatThrownBy(() -> client.remove("JOHN-DOE/none-JOHN-DOE")).hasMessageNotContaining("JOHN-DOE");
            client.remove("JOHN-DOE/JOHN-DOE.csv");
        }
        assertThat(fixture.audit).hasSizeGreaterThan(5).noneMatch(line -> line.contains("JOHN-DOE"));
        assertThat(fixture.audit)
                .anyMatch(line -> line.matches(".*\"operation\":\"upload\".*\"outcome\":\"published\",\"name_hash\":"
                        + "\"[0-9a-f]{16}\",\"bytes\":10,\"crc32\":\"[0-9a-f]{8}\",\"duration_ms\":\\d+}"));
    }
}
