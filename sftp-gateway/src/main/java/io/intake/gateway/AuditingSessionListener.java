package io.intake.gateway;

import io.intake.gateway.access.Addresses;
import io.intake.gateway.access.ConnectionGate;
import io.intake.gateway.audit.AuditLog;
import io.intake.gateway.audit.Identity;
import io.intake.gateway.audit.SessionTotals;
import io.intake.gateway.metrics.GatewayMetrics;
import io.intake.gateway.sftp.SessionState;
import java.io.IOException;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.server.session.ServerSession;
import org.jspecify.annotations.Nullable;

/**
 * Gives each session its state, and tells the audit log, the metrics, the authenticator and the gate of logins, of sessions
 * that ended without one, and of the others' ends.
 */
final class AuditingSessionListener implements SessionListener {
    private static final String PUBLIC_KEY = "publickey";

    private final AuditLog audit;
    private final GatewayMetrics metrics;
    private final Supplier<String> ids;
    private final InstantSource clock;
    private final PartnerAuthenticator authenticator;

    AuditingSessionListener(
            AuditLog audit,
            GatewayMetrics metrics,
            Supplier<String> ids,
            InstantSource clock,
            PartnerAuthenticator authenticator) {
        this.audit = audit;
        this.metrics = metrics;
        this.ids = ids;
        this.clock = clock;
        this.authenticator = authenticator;
    }

    @Override
    public void sessionCreated(Session session) {
        String address = Addresses.text(session instanceof ServerSession server ? server.getClientAddress() : null);
        Identity nobody = new Identity(GatewayMetrics.UNKNOWN, ids.get(), address);
        session.setAttribute(SessionState.KEY, new SessionState(nobody, new SessionTotals(clock.instant())));
    }

    @Override
    public void sessionEvent(Session session, Event event) {
        SessionState state = session.getAttribute(SessionState.KEY);
        if (event == Event.Authenticated && state != null) {
            Identity before = state.identity();
            String name = session.getUsername();
            authenticator.partner(name).ifPresent(partner -> state.permit(partner.permissions()));
            state.authenticated(new Identity(name, before.session(), before.address()));
            String key = PartnerAuthenticator.signedKey(session);
            String remark = OlderAlgorithms.isUsedBy(session) ? "older-algorithms" : null;
            login(state, "accepted", methods(state.method(), key), key, remark);
            authenticator.loggedIn(session);
            ConnectionGate.Place place = GatedConnections.place(session.getIoSession());
            if (place != null) {
                place.loggedIn();
            }
        }
    }

    /** Both, where a key was asked for besides what came last. */
    private static String methods(String last, @Nullable String key) {
        return key == null || last.equals(PUBLIC_KEY) ? last : PUBLIC_KEY + "+" + last;
    }

    private void login(
            SessionState state, String outcome, String method, @Nullable String key, @Nullable String reason) {
        Identity who = state.identity();
        metrics.login(who.partner(), outcome, method, reason);
        audit.login(
                who,
                outcome,
                state.triedKeys(),
                method,
                key,
                reason,
                state.totals().opened());
    }

    @Override
    public void sessionDisconnect(Session session, int reason, String message, String language, boolean initiator) {
        ending(session, initiator ? "protocol" : "client");
    }

    @Override
    public void sessionException(Session session, Throwable cause) {
        // the network's failures are told by there being no other reason
        if (!(cause instanceof IOException) || cause instanceof SshException) {
            ending(session, "protocol");
        }
    }

    private static void ending(Session session, String why) {
        SessionState state = session.getAttribute(SessionState.KEY);
        if (state != null) {
            state.totals().ending(why);
        }
    }

    @Override
    public void sessionClosed(Session session) {
        SessionState state = session.getAttribute(SessionState.KEY);
        if (state == null || !state.end()) {
            return;
        }
        if (state.isAuthenticated()) {
            if (state.totals().end()) {
                audit.session(state.identity(), state.totals());
            }
        } else if (state.triedKeys() > 0) {
            login(state, "refused", state.method(), null, state.refusal());
            authenticator.endedWithoutLogin(session);
        }
    }
}
