package io.intake.gateway;

import io.intake.config.Partner;
import io.intake.config.Quota;
import io.intake.gateway.sftp.SessionState;
import java.io.IOException;
import java.util.Set;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.session.ServerUserAuthService;
import org.apache.sshd.server.session.ServerUserAuthServiceFactory;
import org.jspecify.annotations.Nullable;

/**
 * MINA's authentication with the methods and the number of sessions that the partner who logs in has. MINA fixes the methods
 * before the client has said its name; here that is done when the first request names it. A client cannot change the name
 * later: MINA ends the session. MINA calls it on one thread at a time.
 */
final class PartnerAuthService extends ServerUserAuthService {
    /** The methods there are, IANA's names; what else a client asks for is not repeated in logs. */
    private static final Set<String> METHODS = Set.of("none", "publickey", "password", "keyboard-interactive");

    private final PartnerAuthenticator authenticator;
    private @Nullable ServerUserAuthService named;

    private PartnerAuthService(Session session, PartnerAuthenticator authenticator) throws IOException {
        super(session);
        this.authenticator = authenticator;
    }

    static ServerUserAuthServiceFactory factory(PartnerAuthenticator authenticator) {
        return new ServerUserAuthServiceFactory() {
            @Override
            public Service create(Session session) throws IOException {
                return new PartnerAuthService(session, authenticator);
            }
        };
    }

    @Override
    public synchronized void process(int command, Buffer buffer) throws Exception {
        ServerUserAuthService service = named;
        if (service == null && command == SshConstants.SSH_MSG_USERAUTH_REQUEST) {
            int start = buffer.rpos();
            service = named(buffer.getString());
            buffer.rpos(start);
            named = service;
        }
        if (service == null) {
            throw new IOException("an authentication message before the first request");
        }
        if (command == SshConstants.SSH_MSG_USERAUTH_REQUEST) {
            noteMethod(buffer);
        }
        service.process(command, buffer);
    }

    /** RFC 4252, section 5: the name, the service, then the method. */
    private void noteMethod(Buffer buffer) {
        SessionState state = getSession().getAttribute(SessionState.KEY);
        if (state != null) {
            int start = buffer.rpos();
            buffer.getString();
            buffer.getString();
            String method = buffer.getString();
            buffer.rpos(start);
            state.tried(METHODS.contains(method) ? method : "other");
        }
    }

    private ServerUserAuthService named(String name) throws IOException {
        Session session = getSession();
        CoreModuleProperties.AUTH_METHODS.set(session, authenticator.methods(name));
        Integer sessions = authenticator
                .partner(name)
                .map(Partner::quota)
                .map(Quota::sessions)
                .orElse(null);
        if (sessions != null) {
            CoreModuleProperties.MAX_CONCURRENT_SESSIONS.set(session, sessions);
        }
        return new ServerUserAuthService(session);
    }
}
