package io.intake.gateway;

import io.intake.gateway.sftp.SessionState;
import org.apache.sshd.common.io.IoAcceptor;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionDisconnectHandler;
import org.apache.sshd.common.session.helpers.TimeoutIndicator;
import org.apache.sshd.common.session.helpers.TimeoutIndicator.TimeoutStatus;
import org.apache.sshd.server.SshServer;

/** A server that can stop to accept while its sessions go on. */
final class DrainableServer extends SshServer {

    DrainableServer() {
        setSessionDisconnectHandler(new SessionDisconnectHandler() {
            // silence while we deal with a request, such as a long completion, is not the client's
            @Override
            public boolean handleTimeoutDisconnectReason(Session session, TimeoutIndicator timeout) {
                SessionState state = session.getAttribute(SessionState.KEY);
                return timeout.getStatus() == TimeoutStatus.IdleTimeout && state != null && state.isBusy();
            }
        });
    }

    /** Lets nobody in any more. */
    void stopAccepting() {
        IoAcceptor open = acceptor;
        if (open != null) {
            open.unbind();
        }
    }
}
