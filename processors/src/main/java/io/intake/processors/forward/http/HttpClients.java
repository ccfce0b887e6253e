package io.intake.processors.forward.http;

import io.intake.config.ClientTls;
import io.intake.processors.Secrets;
import java.io.IOException;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
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
            return java.util.Objects.equals(ca, thisCa)
                    && java.util.Objects.equals(certificate, thisCertificate)
                    && java.util.Objects.equals(key, thisKey);
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
        String ca = resolved(tls.ca());
        String certificate = resolved(tls.certificate());
        String key = resolved(tls.key());
        Made known = made.get(tls);
        if (known != null && known.of(ca, certificate, key)) {
            return known.client();
        }
        HttpClient client = builder().sslContext(context(ca, certificate, key)).build();
        Made before = made.put(tls, new Made(client, ca, certificate, key));
        if (before != null) {
            // What is under way ends; closing would wait for it
            before.client().shutdown();
        }
        return client;
    }

    private @Nullable String resolved(@Nullable String reference) {
        return reference == null ? null : secrets.resolve(reference);
    }

    private static HttpClient.Builder builder() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT);
    }

    private static SSLContext context(@Nullable String ca, @Nullable String certificate, @Nullable String key)
            throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                certificate == null || key == null ? null : keyManagers(certificate, key),
                ca == null ? null : trustManagers(ca),
                null);
        return context;
    }

    private static KeyManager[] keyManagers(String certificate, String key) throws GeneralSecurityException {
        // Never leaves this method
        char[] password = UUID.randomUUID().toString().toCharArray();
        KeyStore store = empty();
        List<Certificate> chain = Pem.certificates(certificate);
        store.setKeyEntry("client", Pem.privateKey(key), password, chain.toArray(Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, password);
        return factory.getKeyManagers();
    }

    private static TrustManager[] trustManagers(String ca) throws GeneralSecurityException {
        KeyStore store = empty();
        List<Certificate> authorities = Pem.certificates(ca);
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry("ca" + i, authorities.get(i));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyStore empty() throws GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try {
            store.load(null, null);
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
        return store;
    }

    @Override
    public void close() {
        made.values().forEach(each -> each.client().shutdownNow());
        usual.close();
    }
}
