package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.config.Configuration;
import io.intake.config.Login;
import io.intake.config.Network;
import io.intake.config.Partner;
import io.intake.config.Permission;
import io.intake.config.Quota;
import io.intake.gateway.LoadBalancer.Manner;
import io.intake.gateway.access.ConnectionLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.sftp.client.SftpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Behind a load balancer the gateway sees one address. It must take that balancer's word for who its clients are, or a
 * hospital's network means nothing; and nobody else's, or whoever says the right address comes in.
 */
class ProxyProtocolTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final byte[] LINE = text("PROXY TCP4 203.0.113.9 127.0.0.1 4711 22\r\n");
    private static final byte[] BINARY = hex(SIGNATURE + "2111000c" + "cb007109" + "7f000001" + "1267" + "0016");
    /** With an extension, as AWS sends its endpoint's id. */
    private static final byte[] EXTENDED =
            hex(SIGNATURE + "21110013" + "cb007109" + "7f000001" + "1267" + "0016" + "ea000401020304");

    private static final byte[] BINARY_6 = hex(SIGNATURE + "21210024" + "20010db8000000000000000000000009"
            + "20010db8000000000000000000000001" + "1267" + "0016");
    private static final byte[] ELSEWHERE = text("PROXY TCP4 198.51.100.9 127.0.0.1 4711 22\r\n");
    private static final byte[] OWN_CHECK = hex(SIGNATURE + "20000000");

    private GatewayFixture fixture;

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    private static byte[] text(String line) {
        return line.getBytes(StandardCharsets.US_ASCII);
    }

    @BeforeEach
    void start() throws IOException {
        start("127.0.0.0/8", SessionLimits.DEFAULT.loginGrace());
    }

    /** A gateway whose partner may come from two networks of documentation addresses only. */
    private void start(String proxies, Duration loginGrace) throws IOException {
        SessionLimits usual = SessionLimits.DEFAULT;
        fixture = new GatewayFixture(GatewayFixture.config()
                .withConnections(new ConnectionLimits(
                        50, 50, 50, 50, List.of(Network.parse(proxies).orElseThrow())))
                .withLimits(new SessionLimits(
                        loginGrace,
                        usual.idle(),
                        usual.sessionsPerPartner(),
                        usual.channelsPerSession(),
                        usual.windowBytes())));
        Login login = new Login(
                List.of(PublicKeyEntry.toString(fixture.key.getPublic())),
                null,
                null,
                List.of(
                        Network.parse("203.0.113.0/24").orElseThrow(),
                        Network.parse("2001:db8::/32").orElseThrow()),
                null,
                false,
                false);
        fixture.configuration = new Configuration(
                List.of(new Partner(
                        GatewayFixture.PARTNER, login, Quota.DEFAULT, EnumSet.allOf(Permission.class), List.of())),
                Map.of(),
                null);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private ClientSession connect(LoadBalancer front) throws IOException {
        ClientSession session = fixture.client()
                .connect(GatewayFixture.PARTNER, "127.0.0.1", front.port())
                .verify(LIMIT)
                .getSession();
        session.addPublicKeyIdentity(fixture.key);
        try {
            session.auth().verify(LIMIT);
            return session;
        } catch (IOException e) {
            session.close(true);
            throw e;
        }
    }

    private void assertComesFrom(byte[] header, Manner manner, String address) throws IOException {
        fixture.audit.clear();
        byte[] bytes = GatewayFixture.bytes(300_000, 1);
        try (LoadBalancer front = new LoadBalancer(fixture.gateway.port(), header, manner);
                ClientSession session = connect(front);
                SftpClient client = GatewayFixture.sftp(session)) {
            GatewayFixture.put(client, "x", bytes);
            assertThat(GatewayFixture.get(client, "x")).isEqualTo(bytes);
        }
        assertThat(fixture.audit).hasSizeGreaterThan(1).allMatch(line -> line.contains("\"address\":\"" + address));
    }

    @ParameterizedTest
    @EnumSource
    void aTrustedBalancersClientCountsForItsNetworkAndInTheAuditLogHoweverTheHeaderArrives(Manner manner)
            throws IOException {
        assertComesFrom(LINE, manner, "203.0.113.9:4711");
        assertComesFrom(BINARY, manner, "203.0.113.9:4711");
        assertComesFrom(EXTENDED, manner, "203.0.113.9:4711");
        assertComesFrom(BINARY_6, manner, "[2001:db8:");
    }

    @Test
    void aClientFromElsewhereStaysOutThoughItsBalancerIsTrusted() throws IOException {
        assertRefused(ELSEWHERE);
        GatewayFixture.await(
                "an audit line",
                () -> fixture.audit.stream()
                        .anyMatch(
                                line -> line.contains("198.51.100.9:4711") && line.contains("\"reason\":\"address\"")));
    }

    /** A health check speaks for the balancer, which is no hospital. */
    @Test
    void aBalancerThatSpeaksForItselfIsGreetedAndIsNobody() throws IOException {
        assertRefused(OWN_CHECK);
        assertRefused(text("PROXY UNKNOWN\r\n"));
        assertThat(fixture.audit).allMatch(line -> line.contains("127.0.0.1:") && line.contains("refused"));
    }

    @Test
    void nobodyElseCanSayWhoItIs() throws IOException {
        fixture.close();
        start("198.51.100.0/24", SessionLimits.DEFAULT.loginGrace());
        for (byte[] header : List.of(LINE, BINARY, BINARY_6)) {
            assertRefused(header);
        }
        assertThat(fixture.audit).noneMatch(line -> line.contains("203.0.113.9") || line.contains("2001:db8"));
        GatewayFixture.await("no connection is left", () -> fixture.gateway.sessions() == 0);
    }

    @Test
    void aTrustedBalancerMustSendAHeader() throws IOException {
        assertRefused(new byte[0]);
        assertThat(fixture.audit).isEmpty();
        GatewayFixture.await("no connection is left", () -> fixture.gateway.sessions() == 0);
    }

    /** AWS's balancer sends its header with the client's first bytes; a client that listens first would wait for ever. */
    @Test
    void theGreetingDoesNotWaitForTheHeader() throws IOException {
        try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), fixture.gateway.port())) {
            silent.setSoTimeout(Math.toIntExact(LIMIT.toMillis()));
            assertThat(new String(silent.getInputStream().readNBytes(14), StandardCharsets.US_ASCII))
                    .isEqualTo("SSH-2.0-INTAKE");
        }
    }

    private void assertRefused(byte[] header) throws IOException {
        try (LoadBalancer front = new LoadBalancer(fixture.gateway.port(), header, Manner.BY_ITSELF)) {
            assertThatThrownBy(() -> connect(front)).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PROXX TCP4 203.0.113.9 127.0.0.1 4711 22\r\n",
                "PROXY TCP4 203.0.113.999 127.0.0.1 4711 22\r\n",
                "PROXY TCP6 203.0.113.9 127.0.0.1 4711 22\r\n",
                "PROXY TCP4 203.0.113.9 127.0.0.1 4711 22 and so on and on and on and on and on and on and on and on and on, without an end",
                "PROXY UDP4 203.0.113.9 127.0.0.1 4711 22\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                "\r\n\r\n\0\r\nQUIT\nXXXX"
            })
    void aBrokenHeaderEndsTheConnection(String header) throws IOException {
        assertThat(ending(header.getBytes(StandardCharsets.ISO_8859_1), false)).startsWith("SSH-2.0-INTAKE");
        assertThat(fixture.audit).isEmpty();
    }

    @Test
    void aHeaderThatIsCutOffEndsTheConnectionWithTheBalancersOrWithTheLoginsTime() throws IOException {
        fixture.close();
        start("127.0.0.0/8", Duration.ofMillis(700));
        for (byte[] header : List.of(LINE, BINARY, BINARY_6)) {
            for (int length : new int[] {0, 1, 5, 12, 15, header.length - 1}) {
                byte[] cut = Arrays.copyOf(header, length);
                assertThat(ending(cut, true)).as("%d bytes", length).startsWith("SSH-2.0-INTAKE");
            }
            assertThat(ending(Arrays.copyOf(header, header.length - 1), false)).startsWith("SSH-2.0-INTAKE");
        }
        GatewayFixture.await("no connection is left", () -> fixture.gateway.sessions() == 0);
        assertThat(fixture.audit).isEmpty();
    }

    /** What the gateway sends until it hangs up. */
    private String ending(byte[] header, boolean ends) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.gateway.port())) {
            socket.setSoTimeout((int) LIMIT.toMillis());
            socket.getOutputStream().write(header);
            if (ends) {
                socket.shutdownOutput();
            }
            StringBuilder said = new StringBuilder();
            try {
                for (int next = socket.getInputStream().read();
                        next >= 0;
                        next = socket.getInputStream().read()) {
                    said.append((char) next);
                }
            } catch (SocketException reset) {
                assertThat(reset).hasMessageContaining("reset");
            }
            return said.isEmpty() ? "SSH-2.0-INTAKE (lost in the reset)" : said.toString();
        }
    }

    @Test
    void openSshComesInThroughABalancer(@TempDir Path folder) throws Exception {
        OpenSsh openSsh = new OpenSsh(folder);
        openSsh.write("id", fixture.key);
        byte[] content = GatewayFixture.bytes(3 << 20, 7);
        Files.write(folder.resolve("f"), content);
        try (LoadBalancer front = new LoadBalancer(fixture.gateway.port(), BINARY, Manner.BY_ITSELF)) {
            assertThat(openSsh.through(front.port()).sftp(fixture, "id", "put f", "get f back"))
                    .extracting(OpenSsh.Outcome::status)
                    .isEqualTo(0);
        }
        assertThat(Files.readAllBytes(folder.resolve("back"))).isEqualTo(content);
        assertThat(fixture.audit).allMatch(line -> line.contains("\"address\":\"203.0.113.9:4711\""));
    }
}
