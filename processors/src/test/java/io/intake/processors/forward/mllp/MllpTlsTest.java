package io.intake.processors.forward.mllp;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.config.Engine;
import io.intake.config.MllpTarget;
import io.intake.config.MllpTarget.Acknowledgement;
import io.intake.config.MllpTarget.ApplicationError;
import io.intake.config.TlsSetting;
import io.intake.processors.Secrets;
import io.intake.processors.TestClock;
import io.intake.processors.forward.Batch;
import io.intake.processors.forward.EngineAnswer;
import io.intake.processors.forward.EngineAnswer.Taken;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.shape.Shapes;
import io.intake.processors.forward.tls.Certificates;
import io.intake.processors.forward.tls.Certificates.Issued;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Patients' data must not go to whoever answers at an address. */
class MllpTlsTest {
    private static final Issued AUTHORITY = Certificates.issue("authority", "EC", 256, null);
    private static final Issued OTHER_AUTHORITY = Certificates.issue("other", "EC", 256, null);
    private static final Issued SERVER = Certificates.issue("engine.example", "RSA", 2048, AUTHORITY);
    private static final Issued CLIENT_RSA = Certificates.issue("intake", "RSA", 2048, AUTHORITY);
    private static final Issued CLIENT_EC = Certificates.issue("intake", "EC", 256, AUTHORITY);
    private static final String MESSAGE = "MSH|^~\\&|L|H|||2026||ADT^A01|A|P|2.5\rPID|1||77\r";

    private final TestClock clock = new TestClock();
    private final Map<String, String> vault = new ConcurrentHashMap<>(Map.of(
            "ca", AUTHORITY.certificateText(),
            "other-ca", OTHER_AUTHORITY.certificateText(),
            "cert", CLIENT_RSA.certificateText() + AUTHORITY.certificateText(),
            "key", CLIENT_RSA.key()));
    private final MllpAdapter adapter =
            new MllpAdapter(new Secrets(name -> null, vault::get, clock), clock, Shapes.PLAIN);
    private final AtomicInteger sent = new AtomicInteger();
    private @Nullable MllpScript engine;

    @AfterEach
    void stop() {
        adapter.close();
        if (engine != null) {
            engine.close();
        }
    }

    private int listen(boolean wantsCertificate) throws Exception {
        SSLContext context = Certificates.context(SERVER, AUTHORITY);
        ServerSocketFactory sockets = new ServerSocketFactory() {
            @Override
            public ServerSocket createServerSocket(int port) throws IOException {
                return createServerSocket(port, 50);
            }

            @Override
            public ServerSocket createServerSocket(int port, int backlog) throws IOException {
                return createServerSocket(port, backlog, InetAddress.getLoopbackAddress());
            }

            @Override
            public ServerSocket createServerSocket(int port, int backlog, InetAddress address) throws IOException {
                SSLServerSocket socket =
                        (SSLServerSocket) context.getServerSocketFactory().createServerSocket(port, backlog, address);
                socket.setNeedClientAuth(wantsCertificate);
                return socket;
            }
        };
        engine = new MllpScript(sockets);
        return engine.port();
    }

    private EngineAnswer send(int port, TlsSetting tls) {
        MllpTarget target = new MllpTarget(
                "127.0.0.1", port, Duration.ofSeconds(60), tls, Acknowledgement.COMMIT, ApplicationError.REFUSE);
        byte[] bytes =
                MESSAGE.replace("|A|", "|A" + sent.incrementAndGet() + "|").getBytes(StandardCharsets.US_ASCII);
        return adapter.send(
                new Engine("e", target, Duration.ofSeconds(60)),
                target,
                MllpWorld.job(clock),
                new Batch(1, "x", 0, bytes, new int[] {bytes.length}));
    }

    private static TlsSetting tls(String ca, @Nullable String certificate, @Nullable String key, String server) {
        return new TlsSetting("secret:" + ca, certificate, key, server);
    }

    @Test
    void theEngineIsTrustedByItsAuthorityAndItsNameOverOneConnection() throws Exception {
        int port = listen(false);
        TlsSetting right = tls("ca", null, null, "engine.example");
        assertThat(send(port, right)).isEqualTo(new Taken("9"));
        assertThat(send(port, right)).isEqualTo(new Taken("9"));
        assertThat(engine).isNotNull();
        assertThat(engine.connections()).isEqualTo(1);
    }

    @Test
    void anEngineOfAnotherAuthorityOrNameGetsNothing() throws Exception {
        int port = listen(false);
        Unavailable failed = new Unavailable("TLS_CERTIFICATE_NOT_TRUSTED", null, false);
        assertThat(send(port, tls("other-ca", null, null, "engine.example"))).isEqualTo(failed);
        assertThat(send(port, tls("ca", null, null, "another.example"))).isEqualTo(failed);
        assertThat(send(port, new TlsSetting("secret:ca", null, null, null))).isEqualTo(failed);
        assertThat(send(port, TlsSetting.DEFAULT)).isEqualTo(failed);
        assertThat(engine).isNotNull();
        assertThat(engine.received()).isEmpty();
    }

    @Test
    void ourOwnCertificateIsShownWhateverFormItsKeyHas() throws Exception {
        int port = listen(true);
        TlsSetting own = tls("ca", "secret:cert", "secret:key", "engine.example");
        assertThat(send(port, own)).isEqualTo(new Taken("9"));
        for (Issued issued : new Issued[] {CLIENT_RSA, CLIENT_EC}) {
            for (String key : new String[] {issued.key(), issued.keyInOldForm()}) {
                clock.advance(Duration.ofMinutes(10));
                vault.put("cert", issued.certificateText());
                vault.put("key", key);
                assertThat(send(port, own)).as(key.substring(0, 30)).isEqualTo(new Taken("9"));
            }
        }
        clock.advance(Duration.ofMinutes(10));
        // TLS 1.3 has the client done before the server has looked at its certificate, and a reset may overtake the
        // alert
        assertThat(send(port, tls("ca", null, null, "engine.example")))
                .isIn(new Unavailable("TLS_REFUSED", null, false), new Unavailable("CONNECTION_LOST", null, true));
    }

    @Test
    void whatTheVaultLacksOrHoldsWronglyIsReported() throws Exception {
        int port = listen(false);
        assertThat(send(port, tls("none", null, null, "engine.example")))
                .isEqualTo(new Unavailable("SECRET_ABSENT", null, false));
        vault.put("broken", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assertThat(send(port, tls("broken", null, null, "engine.example")))
                .isEqualTo(new Unavailable("TLS_SECRET_UNUSABLE", null, false));
        vault.put("broken-key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        assertThat(send(port, tls("ca", "secret:cert", "secret:broken-key", "engine.example")))
                .isEqualTo(new Unavailable("TLS_SECRET_UNUSABLE", null, false));
        vault.put("no-ca", "nothing");
        assertThat(send(port, tls("no-ca", null, null, "engine.example")))
                .isEqualTo(new Unavailable("TLS_SECRET_UNUSABLE", null, false));
    }
}
