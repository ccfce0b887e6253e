package io.intake.gateway;

import io.intake.gateway.audit.AuditLog;
import io.intake.gateway.audit.Identity;
import io.intake.gateway.sftp.SessionState;
import java.util.function.Supplier;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.server.session.ServerSession;

/** Gives each session its state, and tells the audit log of logins and of sessions that ended without one. */
final class AuditingSessionListener implements SessionListener {
    private static final String UNKNOWN = "unknown";

    private final AuditLog audit;
    private final Supplier<String> ids;

    AuditingSessionListener(AuditLog audit, Supplier<String> ids) {
        this.audit = audit;
        this.ids = ids;
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
            state.authenticated(new Identity(session.getUsername(), before.session(), before.address()));
            audit.login(state.identity(), "accepted", state.triedKeys());
        }
    }

    @Override
    public void sessionClosed(Session session) {
        SessionState state = session.getAttribute(SessionState.KEY);
        if (state != null && !state.isAuthenticated() && state.triedKeys() > 0) {
            audit.login(state.identity(), "refused", state.triedKeys());
        }
    }
}
