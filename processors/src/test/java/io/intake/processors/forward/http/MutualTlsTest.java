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
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Records sent to whoever answers at an address are a breach; a certificate that is not shown stops a feed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MutualTlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final TestClock clock = new TestClock();
    private final Map<String, String> vault = new LinkedHashMap<>();
    private @Nullable HttpsServer server;
    private HttpExchanges exchanges = exchanges();

    private HttpExchanges exchanges() {
        return new HttpExchanges(new Secrets(_ -> null, vault::get, clock), clock, () -> "id");
    }

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        KeyStore engine = keys(folder, "engine");
        KeyStore client = keys(folder, "client");
        KeyStore stranger = keys(folder, "stranger");
        vault.put("ca", certificate(engine));
        vault.put("certificate", certificate(client));
        vault.put("key", key(client));
        vault.put("other-ca", certificate(stranger));
        vault.put("other-certificate", certificate(stranger));
        vault.put("other-key", key(stranger));
        HttpsServer made = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        SSLContext context = context(engine, client);
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
        Failed refused = new Failed(new Unavailable("TLS_REFUSED", null, false));
        assertThat(send(null)).isEqualTo(refused);
        assertThat(send(new ClientTls("secret:other-ca", "secret:certificate", "secret:key")))
                .isEqualTo(refused);
    }

    @Test
    void aCertificateThatTheEngineDoesNotKnowIsNoDelivery() {
        assertThat(send(new ClientTls("secret:ca", "secret:other-certificate", "secret:other-key")))
                .isInstanceOf(Failed.class);
        assertThat(send(new ClientTls("secret:ca", null, null))).isInstanceOf(Failed.class);
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

    /** A key with a certificate for this machine, by the JDK's own tool. */
    private static KeyStore keys(Path folder, String name) throws Exception {
        Path file = folder.resolve(name + ".p12");
        Process tool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        name,
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "SAN=IP:127.0.0.1",
                        "-validity",
                        "30",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD)))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile())
                .start();
        assertThat(tool.waitFor(2, TimeUnit.MINUTES)).isTrue();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    private static SSLContext context(KeyStore own, KeyStore trusted) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, PASSWORD);
        KeyStore others = KeyStore.getInstance("PKCS12");
        others.load(null, null);
        String alias = trusted.aliases().nextElement();
        others.setCertificateEntry(alias, trusted.getCertificate(alias));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(others);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static String certificate(KeyStore store) throws Exception {
        return pem(
                "CERTIFICATE",
                store.getCertificate(store.aliases().nextElement()).getEncoded());
    }

    private static String key(KeyStore store) throws Exception {
        return pem(
                "PRIVATE KEY",
                store.getKey(store.aliases().nextElement(), PASSWORD).getEncoded());
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(der)
                + "\n-----END " + label + "-----\n";
    }
}
