package io.intake.processors.forward;

import io.intake.processors.forward.EngineAnswer.Unavailable;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong with a connection, so far as whoever is paged does something different about it: one set of codes for all kinds
 * of engines. Told from exceptions and their causes alone, whose words never get out of here, since they may hold an address. Pure.
 */
public final class ConnectionFaults {
    /** How deep causes are looked at; some are their own. */
    private static final int DEEPEST = 10;

    private ConnectionFaults() {}

    /**
     * What an exception of a socket, of TLS or of the HTTP client means.
     *
     * @param otherwise the code where it does not say: OUT_OF_REACH while a connection is being made, CONNECTION_LOST afterwards
     */
    public static Unavailable of(Throwable failed, String otherwise) {
        if (failed instanceof SocketTimeoutException) {
            return new Unavailable(otherwise, null, true);
        }
        List<Throwable> causes = causes(failed);
        if (has(causes, UnknownHostException.class) || has(causes, UnresolvedAddressException.class)) {
            return new Unavailable("HOST_UNKNOWN", null, true);
        }
        if (has(causes, HttpConnectTimeoutException.class) || has(causes, NoRouteToHostException.class)) {
            return new Unavailable("OUT_OF_REACH", null, true);
        }
        if (has(causes, ConnectException.class)) {
            return new Unavailable(isRefused(causes) ? "CONNECTION_REFUSED" : "OUT_OF_REACH", null, true);
        }
        if (has(causes, HttpTimeoutException.class)) {
            return new Unavailable("TIMED_OUT", null, true);
        }
        if (has(causes, SSLException.class)) {
            return secure(causes);
        }
        if (has(causes, ProtocolException.class)) {
            return new Unavailable("ANSWER_NOT_HTTP", null, false);
        }
        return new Unavailable(isHungUp(causes) ? "CONNECTION_LOST" : otherwise, null, true);
    }

    /** Whom we do not trust today we shall not trust in a second; nor shall they trust us. */
    private static Unavailable secure(List<Throwable> causes) {
        if (has(causes, CertificateExpiredException.class) || has(causes, CertificateNotYetValidException.class)) {
            return new Unavailable("TLS_CERTIFICATE_EXPIRED", null, false);
        }
        if (has(causes, CertificateException.class) || has(causes, SSLPeerUnverifiedException.class)) {
            return new Unavailable("TLS_CERTIFICATE_NOT_TRUSTED", null, false);
        }
        // The JDK's words for an end in the middle of a handshake, which has no cause where the end was an orderly one
        if (isHungUp(causes)
                || says(causes, "Remote host terminated the handshake")
                || says(causes, "Remote host closed the channel")) {
            return new Unavailable("CONNECTION_LOST", null, true);
        }
        return new Unavailable("TLS_REFUSED", null, false);
    }

    /**
     * The HTTP client tries a refused connection a second time on the same channel and tells of the closed channel only; of what is
     * not refused, and is not tried again, it tells the cause.
     */
    private static boolean isRefused(List<Throwable> causes) {
        return has(causes, ClosedChannelException.class) || says(causes, "refused");
    }

    private static boolean isHungUp(List<Throwable> causes) {
        return has(causes, EOFException.class)
                || causes.stream().anyMatch(cause -> cause instanceof SocketException && says(List.of(cause), "reset"));
    }

    private static boolean says(List<Throwable> causes, String words) {
        return causes.stream()
                .map(Throwable::getMessage)
                .anyMatch(message -> message != null && message.contains(words));
    }

    private static boolean has(List<Throwable> causes, Class<? extends Throwable> type) {
        return causes.stream().anyMatch(type::isInstance);
    }

    private static List<Throwable> causes(Throwable failed) {
        List<Throwable> causes = new ArrayList<>();
        @Nullable Throwable next = failed;
        while (next != null && causes.size() < DEEPEST) {
            causes.add(next);
            next = next.getCause();
        }
        return causes;
    }
}
