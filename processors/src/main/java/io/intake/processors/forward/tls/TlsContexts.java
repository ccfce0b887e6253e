package io.intake.processors.forward.tls;

import io.intake.config.TlsSetting;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Makes what a TLS connection is opened with. In memory only: nothing is written to a file. Pure, but for the secrets. */
public final class TlsContexts {
    private static final char[] NO_PASSWORD = new char[0];

    private TlsContexts() {}

    /**
     * The context of a setting.
     *
     * @param secrets resolves {@code secret:NAME}
     * @throws GeneralSecurityException if a certificate or key cannot be read; the message holds nothing of it
     * @throws IllegalStateException if there is no such secret
     */
    public static SSLContext of(TlsSetting setting, UnaryOperator<String> secrets) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        try {
            context.init(keys(setting, secrets), authorities(setting, secrets), null);
        } catch (IOException inMemory) {
            throw new GeneralSecurityException("a key store in memory failed", inMemory);
        }
        return context;
    }

    private static TrustManager @Nullable [] authorities(TlsSetting setting, UnaryOperator<String> secrets)
            throws GeneralSecurityException, IOException {
        if (setting.ca() == null) {
            return null;
        }
        KeyStore store = emptyStore();
        int number = 0;
        for (Certificate each : certificates(secrets.apply(setting.ca()))) {
            store.setCertificateEntry("ca" + number++, each);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager @Nullable [] keys(TlsSetting setting, UnaryOperator<String> secrets)
            throws GeneralSecurityException, IOException {
        if (setting.certificate() == null || setting.key() == null) {
            return null;
        }
        Certificate[] chain = certificates(secrets.apply(setting.certificate())).toArray(Certificate[]::new);
        KeyStore store = emptyStore();
        store.setKeyEntry("own", PrivateKeys.of(secrets.apply(setting.key())), NO_PASSWORD, chain);
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static Collection<? extends Certificate> certificates(String pem) throws CertificateException {
        Collection<? extends Certificate> found = CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
        if (found.isEmpty()) {
            throw new CertificateException("no certificate in PEM");
        }
        return found;
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }
}
