package io.intake.gateway;

import io.intake.config.Configuration;
import io.intake.gateway.audit.Identity;
import io.intake.gateway.sftp.SessionState;
import java.security.PublicKey;
import java.util.function.Supplier;
import org.apache.sshd.server.auth.pubkey.PublickeyAuthenticator;
import org.apache.sshd.server.session.ServerSession;
import org.jspecify.annotations.Nullable;

/**
 * Lets partners in by public key. A name that is no partner's takes the same way as one whose key does not fit: neither the
 * answer nor its time tells whether there is such a partner. Keys are parsed when the configuration changes, not here on an
 * IO thread at each login. Thread-safe.
 */
final class PartnerAuthenticator implements PublickeyAuthenticator {
    private record Parsed(Configuration source, PartnerKeys keys) {}

    private final Supplier<Configuration> configuration;
    private volatile @Nullable Parsed parsed;

    PartnerAuthenticator(Supplier<Configuration> configuration) {
        this.configuration = configuration;
    }

    /** The keys of the configuration in force. */
    @SuppressWarnings(
            "ReferenceEquality") // a reload makes a new object; comparing all partners at each login would be slow
    PartnerKeys keys() {
        Configuration current = configuration.get();
        Parsed last = parsed;
        if (last == null || last.source() != current) {
            last = new Parsed(current, PartnerKeys.of(current));
            parsed = last;
        }
        return last.keys();
    }

    /** Also called for a client's question whether a key would do, before it has signed anything: no login yet. */
    @Override
    public boolean authenticate(String name, PublicKey key, ServerSession session) {
        PartnerKeys keys = keys();
        SessionState state = session.getAttribute(SessionState.KEY);
        if (state != null) {
            state.triedKey();
            if (keys.isPartner(name)) {
                Identity known = state.identity();
                state.claimed(new Identity(name, known.session(), known.address()));
            }
        }
        return keys.allows(name, key);
    }
}
