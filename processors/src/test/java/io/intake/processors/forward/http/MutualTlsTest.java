package io.intake.processors.forward.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.intake.config.ClientTls;
import io.intake.config.HttpAccess;
import io.intake.processors.Secrets;
import io.intake.processors.TestClock;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.http.Outcome.Answered;
import io.intake.processors.forward.http.Outcome.Failed;
import io.intake.processors.forward.tls.Certificates;
import io.intake.processors.forward.tls.Certificates.Issued;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Records sent to whoever answers at an address are a breach; a certificate that is not shown stops a feed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MutualTlsTest {
    private static final Issued ENGINE = Certificates.issue("127.0.0.1", "EC", 256, null);
    private static final Issued CLIENT = Certificates.issue("client", "EC", 256, null);
    private static final Issued STRANGER = Certificates.issue("stranger", "EC", 256, null);

    private final TestClock clock = new TestClock();
    private final Map<String, String> vault = new LinkedHashMap<>();
    private @Nullable HttpsServer server;
    private HttpExchanges exchanges = exchanges();

    private HttpExchanges exchanges() {
        return new HttpExchanges(new Secrets(_ -> null, vault::get, clock), clock, () -> "id");
    }

    @BeforeAll
    void start() throws Exception {
        vault.put("ca", ENGINE.certificateText());
        vault.put("certificate", CLIENT.certificateText());
        vault.put("key", CLIENT.key());
        vault.put("other-ca", STRANGER.certificateText());
        vault.put("other-certificate", STRANGER.certificateText());
        vault.put("other-key", STRANGER.key());
        HttpsServer made = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        SSLContext context = Certificates.context(ENGINE, CLIENT);
        made.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters how = context.getDefaultSSLParameters();
                how.setNeedClientAuth(true);
                parameters.setSSLParameters(how);
            }
        });
        made.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        made.start();
        server = made;
    }

    @AfterAll
    void stop() {
        if (server != null) {
            server.stop(0);
        }
    }

    @AfterEach
    void renew() {
        exchanges.close();
        exchanges = exchanges();
    }

    private Outcome send(@Nullable ClientTls tls) {
        int port = server == null ? 0 : server.getAddress().getPort();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/"))
                .POST(HttpRequest.BodyPublishers.ofString("x"));
        HttpAccess access = new HttpAccess(null, null, tls, Map.of());
        return exchanges.send(access, request, Deadline.in(Duration.ofSeconds(30), clock), 0);
    }

    @Test
    void bothSidesShowWhoTheyAre() {
        assertThat(send(new ClientTls("secret:ca", "secret:certificate", "secret:key")))
                .isInstanceOfSatisfying(
                        Answered.class, answer -> assertThat(answer.status()).isEqualTo(200));
    }

    @Test
    void whomNoAuthorityKnowsGetsNothing() {
        Failed refused = new Failed(new Unavailable("TLS_CERTIFICATE_NOT_TRUSTED", null, false));
        assertThat(send(null)).isEqualTo(refused);
        assertThat(send(new ClientTls("secret:other-ca", "secret:certificate", "secret:key")))
                .isEqualTo(refused);
    }

    @Test
    void aCertificateThatTheEngineDoesNotKnowIsNoDelivery() {
        // A reset may overtake the alert
        Failed[] refused = {
            new Failed(new Unavailable("TLS_REFUSED", null, false)),
            new Failed(new Unavailable("CONNECTION_LOST", null, true))
        };
        assertThat(send(new ClientTls("secret:ca", "secret:other-certificate", "secret:other-key")))
                .isIn((Object[]) refused);
        assertThat(send(new ClientTls("secret:ca", null, null))).isIn((Object[]) refused);
    }

    @Test
    void secretsThatAreAbsentOrNoPemAreWaitedForAndTakenUpWhenTheyChange() {
        ClientTls tls = new ClientTls("secret:ca", "secret:later", "secret:key");
        assertThat(send(tls)).isEqualTo(new Failed(new Unavailable("SECRET_ABSENT", null, false)));
        vault.put("later", "no PEM");
        assertThat(send(tls)).isEqualTo(new Failed(new Unavailable("TLS_SECRET_UNUSABLE", null, false)));
        vault.put("later", vault.getOrDefault("certificate", ""));
        clock.advance(Duration.ofMinutes(6));
        assertThat(send(tls)).isInstanceOf(Answered.class);
    }
}
