package io.intake.processors.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.config.ClientTls;
import io.intake.config.Engine;
import io.intake.config.HttpAccess;
import io.intake.config.MllpTarget;
import io.intake.config.MllpTarget.Acknowledgement;
import io.intake.config.MllpTarget.ApplicationError;
import io.intake.config.TlsSetting;
import io.intake.processors.Secrets;
import io.intake.processors.TestClock;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.http.Deadline;
import io.intake.processors.forward.http.HttpExchanges;
import io.intake.processors.forward.http.Outcome;
import io.intake.processors.forward.mllp.MllpAdapter;
import io.intake.processors.forward.shape.Shapes;
import io.intake.processors.forward.tls.Certificates;
import io.intake.processors.forward.tls.Certificates.Issued;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Who is told at night that an engine is "out of reach" looks at firewalls while a certificate has expired. Here are real sockets
 * that fail as engines do, and both kinds of engines that speak TLS.
 */
class ConnectionFaultsTest {
    private static final Duration AMPLE = Duration.ofSeconds(60);
    private static final Issued AUTHORITY = Certificates.issue("authority", "EC", 256, null);
    private static final Issued STRANGER = Certificates.issue("stranger", "EC", 256, null);
    private static final Issued CURRENT = Certificates.issue("127.0.0.1", "EC", 256, AUTHORITY);
    private static final Issued EXPIRED =
            Certificates.issue("127.0.0.1", "EC", 256, AUTHORITY, Instant.parse("2020-01-02T00:00:00Z"));

    private final TestClock clock = new TestClock();
    private final Map<String, String> vault =
            new HashMap<>(Map.of("ca", AUTHORITY.certificateText(), "stranger", STRANGER.certificateText()));
    private final Secrets secrets = new Secrets(_ -> null, vault::get, clock);
    private final HttpExchanges exchanges = new HttpExchanges(secrets, clock, () -> "id");
    private final MllpAdapter mllp = new MllpAdapter(secrets, clock, Shapes.PLAIN);
    private final List<ServerSocket> servers = new ArrayList<>();

    /** What is done with a connection that comes. */
    private interface Manner {
        void with(Socket socket) throws IOException;
    }

    @AfterEach
    void stop() throws IOException {
        exchanges.close();
        mllp.close();
        for (ServerSocket server : servers) {
            server.close();
        }
    }

    private int listen(ServerSocket server, Manner manner) {
        servers.add(server);
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    manner.with(socket);
                } catch (IOException over) {
                    // The client has gone, which is what is tested, or the test is over
                }
            }
        });
        return server.getLocalPort();
    }

    private int plain(Manner manner) throws IOException {
        return listen(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), manner);
    }

    private int secure(Issued shown, String... protocols) throws Exception {
        SSLContext context = Certificates.context(shown, AUTHORITY);
        SSLServerSocket server = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        if (protocols.length > 0) {
            server.setEnabledProtocols(protocols);
        }
        return listen(server, socket -> {
            int ignored = socket.getInputStream().read();
        });
    }

    private Unavailable http(String scheme, String host, int port, String ca) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(scheme + "://" + host + ":" + port + "/"))
                .POST(HttpRequest.BodyPublishers.ofString("x"));
        ClientTls tls = scheme.equals("https") ? new ClientTls("secret:" + ca, null, null) : null;
        Outcome outcome =
                exchanges.send(new HttpAccess(null, null, tls, Map.of()), request, Deadline.in(AMPLE, clock), 100);
        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        return ((Outcome.Failed) outcome).why();
    }

    private EngineAnswer mllp(String host, int port, String ca) {
        TlsSetting tls = ca.isEmpty() ? null : new TlsSetting("secret:" + ca, null, null, null);
        MllpTarget target = new MllpTarget(host, port, AMPLE, tls, Acknowledgement.COMMIT, ApplicationError.REFUSE);
        byte[] bytes = "MSH|^~\\&|A|B|C|D|20260304||ADT^A01|1|P|2.5.1\r".getBytes(StandardCharsets.US_ASCII);
        return mllp.send(
                new Engine("e", target, AMPLE), target, Deliverable.job(), new Batch(1, "x", 0, bytes, new int[] {
                    bytes.length
                }));
    }

    private void assertAll(String host, int port, Unavailable expected) {
        assertThat(http("http", host, port, "")).as("http").isEqualTo(expected);
        assertThat(http("https", host, port, "ca")).as("https").isEqualTo(expected);
        assertThat(mllp(host, port, "")).as("mllp").isEqualTo(expected);
        assertThat(mllp(host, port, "ca")).as("mllp with TLS").isEqualTo(expected);
    }

    private void assertSecure(int port, String ca, Unavailable expected) {
        assertThat(http("https", "127.0.0.1", port, ca)).as("https").isEqualTo(expected);
        assertThat(mllp("127.0.0.1", port, ca)).as("mllp with TLS").isEqualTo(expected);
    }

    private static Unavailable soon(String code) {
        return new Unavailable(code, null, true);
    }

    private static Unavailable never(String code) {
        return new Unavailable(code, null, false);
    }

    @Test
    void aPortOnWhichNobodyListensIsRefused() throws IOException {
        int closed;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = server.getLocalPort();
        }
        assertAll("127.0.0.1", closed, soon("CONNECTION_REFUSED"));
    }

    @Test
    void aNameThatNobodyKnowsIsNoClosedPort() {
        assertAll("no-such-host.invalid", 1, soon("HOST_UNKNOWN"));
    }

    @Test
    void aServerThatHangsUpAtOnceOrOnTheFirstByteIsALostConnection() throws IOException {
        assertAll("127.0.0.1", plain(socket -> {}), soon("CONNECTION_LOST"));
        int rude = plain(socket -> {
            int ignored = socket.getInputStream().read();
            // A reset in place of an end
            socket.setSoLinger(true, 0);
        });
        assertAll("127.0.0.1", rude, soon("CONNECTION_LOST"));
    }

    @Test
    void aCertificateThatHasExpiredIsNotOneOfAStranger() throws Exception {
        assertSecure(secure(EXPIRED), "ca", never("TLS_CERTIFICATE_EXPIRED"));
        assertSecure(secure(CURRENT), "stranger", never("TLS_CERTIFICATE_NOT_TRUSTED"));
    }

    @Test
    void aCertificateOfAnotherNameIsNotTrusted() throws Exception {
        Issued another = Certificates.issue("engine.example", "EC", 256, AUTHORITY);
        assertSecure(secure(another), "ca", never("TLS_CERTIFICATE_NOT_TRUSTED"));
    }

    @Test
    void aServerThatDoesNotSpeakTlsIsNoBadCertificate() throws IOException {
        int clear = plain(socket -> {
            socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            while (socket.getInputStream().read() >= 0) {
                // Until the client hangs up: what is not read would be answered with a reset
            }
        });
        assertSecure(clear, "ca", never("TLS_REFUSED"));
    }

    @Test
    void whatSpeaksSomethingElseThanHttpIsNoLostConnection() throws IOException {
        int other = plain(socket -> {
            socket.getOutputStream().write("220 mail.example.org ESMTP\r\n".getBytes(StandardCharsets.US_ASCII));
            while (socket.getInputStream().read() >= 0) {
                // As above
            }
        });
        assertThat(http("http", "127.0.0.1", other, "")).isEqualTo(never("ANSWER_NOT_HTTP"));
    }

    @Test
    void whatCannotBeToldApartIsOutOfReach() {
        assertThat(ConnectionFaults.of(new HttpConnectTimeoutException("x"), "CONNECTION_LOST"))
                .isEqualTo(soon("OUT_OF_REACH"));
        assertThat(ConnectionFaults.of(new NoRouteToHostException("x"), "CONNECTION_LOST"))
                .isEqualTo(soon("OUT_OF_REACH"));
        assertThat(ConnectionFaults.of(new ConnectException("x"), "CONNECTION_LOST"))
                .isEqualTo(soon("OUT_OF_REACH"));
        assertThat(ConnectionFaults.of(new SocketException("Network is unreachable"), "OUT_OF_REACH"))
                .isEqualTo(soon("OUT_OF_REACH"));
        assertThat(ConnectionFaults.of(new IOException("x"), "CONNECTION_LOST")).isEqualTo(soon("CONNECTION_LOST"));
    }

    @Test
    void theWordsOfAnEndWithinAHandshakeAreKnown() {
        for (String words : List.of("Remote host terminated the handshake", "Remote host closed the channel")) {
            assertThat(ConnectionFaults.of(new SSLHandshakeException(words), "OUT_OF_REACH"))
                    .as(words)
                    .isEqualTo(soon("CONNECTION_LOST"));
        }
    }

    @Test
    void causesThatAreTheirOwnComeToAnEnd() {
        SSLException first = new SSLException("x");
        first.initCause(new IOException("y", first));
        assertThat(ConnectionFaults.of(first, "CONNECTION_LOST")).isEqualTo(never("TLS_REFUSED"));
    }
}
