package io.intake.gateway;

import io.intake.gateway.sftp.SessionState;
import java.util.List;
import org.apache.sshd.common.io.IoAcceptor;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionDisconnectHandler;
import org.apache.sshd.common.session.helpers.AbstractSession;
import org.apache.sshd.common.session.helpers.TimeoutIndicator;
import org.apache.sshd.common.session.helpers.TimeoutIndicator.TimeoutStatus;
import org.apache.sshd.server.SshServer;

/** A server that can stop to accept while its sessions go on. */
final class DrainableServer extends SshServer {

    DrainableServer() {
        setSessionDisconnectHandler(new SessionDisconnectHandler() {
            // silence while we deal with a request, such as a long completion, is not the client's; who uploads is
            // asked
            @Override
            public boolean handleTimeoutDisconnectReason(Session session, TimeoutIndicator timeout) {
                SessionState state = session.getAttribute(SessionState.KEY);
                boolean ours = timeout.getStatus() == TimeoutStatus.IdleTimeout
                        && state != null
                        && (state.isBusy() || state.isUploading());
                if (!ours && state != null) {
                    state.totals().ending("idle");
                }
                return ours;
            }
        });
    }

    /** Whether clients can connect. */
    boolean isListening() {
        IoAcceptor open = acceptor;
        return open != null && !open.getBoundAddresses().isEmpty();
    }

    /** Those there are; none before the start and after the stop, where MINA's own method fails. */
    List<AbstractSession> openSessions() {
        return acceptor == null ? List.of() : getActiveSessions();
    }

    /** Lets nobody in any more. */
    void stopAccepting() {
        IoAcceptor open = acceptor;
        if (open != null) {
            open.unbind();
        }
    }
}
