package io.intake.gateway;

import io.intake.gateway.access.ConnectionGate;
import io.intake.gateway.audit.AuditLog;
import io.intake.gateway.audit.Identity;
import io.intake.gateway.sftp.SessionState;
import java.util.function.Supplier;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.server.session.ServerSession;

/**
 * Gives each session its state, and tells the audit log, the authenticator and the gate of logins and of sessions that ended
 * without one.
 */
final class AuditingSessionListener implements SessionListener {
    private static final String UNKNOWN = "unknown";

    private final AuditLog audit;
    private final Supplier<String> ids;
    private final PartnerAuthenticator authenticator;

    AuditingSessionListener(AuditLog audit, Supplier<String> ids, PartnerAuthenticator authenticator) {
        this.audit = audit;
        this.ids = ids;
        this.authenticator = authenticator;
    }

    @Override
    public void sessionCreated(Session session) {
        String address = session instanceof ServerSession server ? String.valueOf(server.getClientAddress()) : UNKNOWN;
        session.setAttribute(SessionState.KEY, new SessionState(new Identity(UNKNOWN, ids.get(), address)));
    }

    @Override
    public void sessionEvent(Session session, Event event) {
        SessionState state = session.getAttribute(SessionState.KEY);
        if (event == Event.Authenticated && state != null) {
            Identity before = state.identity();
            String name = session.getUsername();
            authenticator.partner(name).ifPresent(partner -> state.permit(partner.permissions()));
            state.authenticated(new Identity(name, before.session(), before.address()));
            audit.login(
                    state.identity(),
                    "accepted",
                    state.triedKeys(),
                    OlderAlgorithms.isUsedBy(session) ? "older-algorithms" : null);
            authenticator.loggedIn(session);
            ConnectionGate.Place place = GatedConnections.place(session.getIoSession());
            if (place != null) {
                place.loggedIn();
            }
        }
    }

    @Override
    public void sessionClosed(Session session) {
        SessionState state = session.getAttribute(SessionState.KEY);
        if (state != null && !state.isAuthenticated() && state.triedKeys() > 0 && state.end()) {
            audit.login(state.identity(), "refused", state.triedKeys(), state.refusal());
            authenticator.endedWithoutLogin(session);
        }
    }
}
