package io.intake.processors.forward.http;

import io.intake.config.ClientTls;
import io.intake.processors.Secrets;
import io.intake.processors.forward.tls.TlsContexts;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The clients for all engines: one for those that need nothing of their own of TLS, and one for each setting of it, made anew
 * when its secrets have changed. HTTP/1.1, as integration engines' listeners speak it; no redirects. Thread-safe.
 */
final class HttpClients implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(10);

    private final Secrets secrets;
    private final HttpClient usual = builder().build();
    private final ConcurrentHashMap<ClientTls, Made> made = new ConcurrentHashMap<>();

    /** A client and the secrets that it was made of. */
    private record Made(
            HttpClient client,
            @Nullable String ca,
            @Nullable String certificate,
            @Nullable String key) {
        boolean of(@Nullable String thisCa, @Nullable String thisCertificate, @Nullable String thisKey) {
            return Objects.equals(ca, thisCa)
                    && Objects.equals(certificate, thisCertificate)
                    && Objects.equals(key, thisKey);
        }
    }

    HttpClients(Secrets secrets) {
        this.secrets = secrets;
    }

    /**
     * The client for a setting of TLS.
     *
     * @throws IllegalStateException if a secret cannot be had
     * @throws GeneralSecurityException if one is no PEM, or a key does not belong to its certificate
     */
    HttpClient of(@Nullable ClientTls tls) throws GeneralSecurityException {
        if (tls == null) {
            return usual;
        }
        String ca = secrets.resolveOptional(tls.ca());
        String certificate = secrets.resolveOptional(tls.certificate());
        String key = secrets.resolveOptional(tls.key());
        Made known = made.get(tls);
        if (known != null && known.of(ca, certificate, key)) {
            return known.client();
        }
        HttpClient client =
                builder().sslContext(TlsContexts.of(ca, certificate, key)).build();
        Made before = made.put(tls, new Made(client, ca, certificate, key));
        if (before != null) {
            // What is under way ends; closing would wait for it
            before.client().shutdown();
        }
        return client;
    }

    private static HttpClient.Builder builder() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT);
    }

    @Override
    public void close() {
        made.values().forEach(each -> each.client().shutdownNow());
        usual.close();
    }
}
