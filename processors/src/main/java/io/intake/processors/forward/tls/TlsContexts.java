package io.intake.processors.forward.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Makes what a TLS connection is opened with. In memory only: nothing is written to a file. Pure. */
public final class TlsContexts {
    private static final char[] NO_PASSWORD = new char[0];

    private TlsContexts() {}

    /**
     * A context of what the vault holds, each in PEM.
     *
     * @param ca the only authorities to trust; null for the JDK's
     * @param certificate our own certificate, its issuers behind it; null for none
     * @param key the certificate's private key; null without one
     * @throws GeneralSecurityException if one cannot be read, or the key is not the certificate's; the message holds nothing of
     *     it
     */
    public static SSLContext of(@Nullable String ca, @Nullable String certificate, @Nullable String key)
            throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                certificate == null || key == null ? null : own(certificate, key),
                ca == null ? null : trusted(ca),
                null);
        return context;
    }

    private static TrustManager[] trusted(String ca) throws GeneralSecurityException {
        KeyStore store = emptyStore();
        List<Certificate> authorities = Pem.certificates(ca);
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry("ca" + i, authorities.get(i));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager[] own(String certificate, String key) throws GeneralSecurityException {
        Certificate[] chain = Pem.certificates(certificate).toArray(Certificate[]::new);
        KeyStore store = emptyStore();
        store.setKeyEntry("own", Pem.privateKey(key), NO_PASSWORD, chain);
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static KeyStore emptyStore() throws GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try {
            store.load(null, NO_PASSWORD);
        } catch (IOException inMemory) {
            throw new GeneralSecurityException("a key store in memory failed", inMemory);
        }
        return store;
    }
}
