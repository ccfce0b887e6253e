package io.intake.gateway;

import io.intake.config.Partner;
import io.intake.config.Quota;
import java.io.IOException;
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
        service.process(command, buffer);
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
