package io.intake.gateway;

import io.intake.gateway.access.Addresses;
import io.intake.gateway.access.LoginThrottle;
import io.intake.gateway.metrics.GatewayMetrics;
import io.intake.gateway.sftp.SessionState;
import java.net.InetAddress;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.server.session.ServerSession;
import org.jspecify.annotations.Nullable;

/** What failed logins do to the address that they come from. Thread-safe. */
final class LoginFailures {
    /** The reason of a refusal that is not the client's doing. */
    static final String BUSY = "busy";

    /** Whether a failure of the session has counted for the throttle. */
    private static final AttributeKey<Boolean> COUNTED = new AttributeKey<>();

    private final LoginThrottle throttle;
    private final GatewayMetrics metrics;

    LoginFailures(LoginThrottle throttle, GatewayMetrics metrics) {
        this.throttle = throttle;
        this.metrics = metrics;
    }

    /** Keeps why the last attempt failed; null if it did not. */
    static void note(SessionContext session, @Nullable String refusal) {
        SessionState state = session.getAttribute(SessionState.KEY);
        if (state != null) {
            state.refused(refusal);
        }
    }

    /** A wrong password counts at once; returns whether the client's address is barred now. */
    boolean count(ServerSession session, String refusal) {
        note(session, refusal);
        session.setAttribute(COUNTED, Boolean.TRUE);
        InetAddress from = address(session);
        return from != null && count(from);
    }

    boolean isBarred(Session session) {
        InetAddress from = address(session);
        return from != null && throttle.isBarred(from);
    }

    /** After a login the address is forgiven what failed before. */
    void forgive(Session session) {
        InetAddress from = address(session);
        if (from != null) {
            throttle.succeeded(from);
        }
    }

    /** A session ended without a login. */
    void ended(Session session) {
        InetAddress from = address(session);
        SessionState state = session.getAttribute(SessionState.KEY);
        boolean wrong = state != null && state.refusal() != null && !BUSY.equals(state.refusal());
        if (from != null && wrong && session.getAttribute(COUNTED) == null) {
            boolean ignored = count(from);
        }
    }

    private boolean count(InetAddress from) {
        boolean barred = throttle.failed(from).isPositive();
        if (barred) {
            metrics.barred();
        }
        return barred;
    }

    /** Where the client is; null for what is no client's session. */
    static @Nullable InetAddress address(Session session) {
        return session instanceof ServerSession server ? Addresses.of(server.getClientAddress()) : null;
    }
}
