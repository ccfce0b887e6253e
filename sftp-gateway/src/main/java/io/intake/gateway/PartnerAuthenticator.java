package io.intake.gateway;

import io.intake.config.Configuration;
import io.intake.config.Login;
import io.intake.config.Partner;
import io.intake.config.PasswordHash;
import io.intake.gateway.access.LoginThrottle;
import io.intake.gateway.access.PasswordPool;
import io.intake.gateway.audit.Identity;
import io.intake.gateway.metrics.GatewayMetrics;
import io.intake.gateway.sftp.SessionState;
import io.intake.secrets.Passwords;
import java.security.PublicKey;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.server.auth.AsyncAuthException;
import org.apache.sshd.server.auth.password.PasswordAuthenticator;
import org.apache.sshd.server.auth.pubkey.PublickeyAuthenticator;
import org.apache.sshd.server.session.ServerSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets partners in by public key or certificate, by password, or by both. A name that is no partner's takes the same way as one whose proof
 * does not fit: neither the answer nor its time tells whether there is such a partner; nor does it tell a wrong proof from a
 * right one of a partner that is disabled, has expired, or comes from elsewhere. Only the audit log does. Thread-safe.
 */
final class PartnerAuthenticator implements PublickeyAuthenticator, PasswordAuthenticator {
    private static final Logger LOG = LoggerFactory.getLogger(PartnerAuthenticator.class);

    static final int MAX_PASSWORD_CHARACTERS = 256;

    /** On a session that is being cut off: what its client sends before it knows must not be a further attempt each. */
    private static final AttributeKey<Boolean> CUT_OFF = new AttributeKey<>();

    /** Whether a password of the session is being verified: one at a time. */
    private static final AttributeKey<AtomicBoolean> VERIFYING = new AttributeKey<>();

    /** The hash that a session's password fitted. */
    private static final AttributeKey<PasswordHash> PROVED = new AttributeKey<>();

    private record Parsed(
            Configuration source,
            PartnerKeys keys,
            @Nullable PasswordHash decoy) {}

    private final Supplier<Configuration> configuration;
    private final InstantSource clock;
    private final PasswordPool pool;
    private final LoginFailures failures;
    private final OlderAlgorithms algorithms;
    private volatile @Nullable Parsed parsed;

    PartnerAuthenticator(
            Supplier<Configuration> configuration,
            InstantSource clock,
            LoginThrottle throttle,
            PasswordPool pool,
            OlderAlgorithms algorithms,
            GatewayMetrics metrics) {
        this.algorithms = algorithms;
        this.configuration = configuration;
        this.clock = clock;
        this.pool = pool;
        this.failures = new LoginFailures(throttle, metrics);
    }

    /** The keys of the configuration in force. They are parsed when it changes, not on an IO thread at each login. */
    PartnerKeys keys() {
        return parsed().keys();
    }

    @SuppressWarnings(
            "ReferenceEquality") // a reload makes a new object; comparing all partners at each login would be slow
    private Parsed parsed() {
        Configuration current = configuration.get();
        Parsed last = parsed;
        if (last == null || last.source() != current) {
            last = new Parsed(current, PartnerKeys.of(current), decoy(current));
            parsed = last;
            List<String> excepted = OlderAlgorithms.partners(current);
            if (!excepted.isEmpty()) {
                LOG.warn("partners that may use older algorithms: partners={}", excepted);
            }
        }
        return last;
    }

    /** As costly as the costliest of all, so that to be refused never takes less time; null where there is no password. */
    private static @Nullable PasswordHash decoy(Configuration configuration) {
        return configuration.partners().stream()
                .flatMap(partner -> Optional.ofNullable(partner.login().passwordHash()).stream())
                .max(Comparator.comparingLong(PasswordHash::work))
                .map(Passwords::likeNobodys)
                .orElse(null);
    }

    InstantSource clock() {
        return clock;
    }

    /** The partner of a name in the configuration in force. */
    Optional<Partner> partner(String name) {
        return configuration.get().partner(name);
    }

    /**
     * The methods that a name must pass, in MINA's notation: alternatives between blanks, commas between what all must be
     * passed. What a client is told at first is the same for every name, so that the list does not tell partners from others:
     * where any partner has a password, both methods are offered to all.
     */
    String methods(String name) {
        if (parsed().decoy() == null) {
            return "publickey";
        }
        boolean both = partner(name)
                .map(Partner::login)
                .filter(login -> login.passwordHash() != null && login.hasKeys())
                .isPresent();
        // the second alternative cannot be passed: the password of who needs both is verified only after the key
        return both ? "publickey,password password,publickey" : "publickey password";
    }

    /** Also called for a client's question whether a key would do, before it has signed anything: no login yet. */
    @Override
    public boolean authenticate(String name, PublicKey key, ServerSession session) {
        PartnerKeys keys = keys();
        attempt(name, session);
        Optional<String> misfit = key instanceof OpenSshCertificate certificate
                ? UserCertificates.refusal(
                        certificate, keys.trust(name), LoginFailures.address(session), clock.instant())
                : keys.allows(name, key) ? Optional.empty() : Optional.of("key");
        String refusal = refusal(name, session).or(() -> misfit).orElse(null);
        LoginFailures.note(session, refusal);
        return refusal == null;
    }

    /** Never answers at once: passwords are verified elsewhere. */
    @Override
    public boolean authenticate(String name, String password, ServerSession session) {
        attempt(name, session);
        PasswordHash decoy = parsed().decoy();
        AtomicBoolean verifying = session.computeAttributeIfAbsent(VERIFYING, _ -> new AtomicBoolean());
        // who is barred is being cut off: a guess that is already on its way is not looked at
        if (decoy == null
                || failures.isBarred(session)
                || password.length() > MAX_PASSWORD_CHARACTERS
                || !verifying.compareAndSet(false, true)) {
            boolean ignored = failures.count(session, "password");
            if (session.getAttribute(CUT_OFF) != null) {
                session.close(true);
            }
            return false;
        }
        return verifyLater(name, password, decoy, verifying, session);
    }

    private boolean verifyLater(
            String name, String password, PasswordHash decoy, AtomicBoolean verifying, ServerSession session) {
        String refusal = refusal(name, session).orElse(null);
        PasswordHash hash = refusal == null
                ? partner(name).map(partner -> usable(partner.login(), session)).orElse(null)
                : null;
        AsyncAuthException later = new AsyncAuthException();
        boolean taken = pool.submit(() -> {
            boolean right = false;
            boolean barred = false;
            try {
                // who is gone does not wait for the answer
                boolean fits =
                        session.isOpen() && Passwords.verify(password, hash == null ? decoy : hash) && hash != null;
                barred = conclude(session, fits ? hash : null, refusal);
                if (barred) {
                    session.setAttribute(CUT_OFF, Boolean.TRUE);
                }
                right = fits;
            } finally {
                // also where there was no memory: the client is told no, instead of nothing
                verifying.set(false);
                later.setAuthed(right);
            }
            if (barred) {
                session.close(false);
            }
        });
        if (!taken) {
            verifying.set(false);
            LoginFailures.note(session, LoginFailures.BUSY);
            return false;
        }
        throw later;
    }

    /** The hash to verify with; null where a password is not asked for, or not yet: who has a key proves that first. */
    private static @Nullable PasswordHash usable(Login login, ServerSession session) {
        return !login.hasKeys() || hasSigned(session) ? login.passwordHash() : null;
    }

    private static boolean hasSigned(ServerSession session) {
        return !CertificateAwareAuth.signed(session).isEmpty();
    }

    /** The fingerprint of the key that a session has signed with; null if with none. */
    static @Nullable String signedKey(Session session) {
        List<PublicKey> signed = CertificateAwareAuth.signed(session);
        return signed.isEmpty() ? null : KeyUtils.getFingerPrint(signed.getLast());
    }

    /** Keeps the outcome; returns whether the client's address is barred because of it. */
    private boolean conclude(ServerSession session, @Nullable PasswordHash right, @Nullable String refusal) {
        if (right == null) {
            return failures.count(session, refusal == null ? "password" : refusal);
        }
        session.setAttribute(PROVED, right);
        LoginFailures.note(session, null);
        return false;
    }

    /** Whether what a session has proved would still let it in: not where its key was taken away since. */
    boolean isStillWelcome(ServerSession session, String name) {
        PasswordHash proved = session.getAttribute(PROVED);
        PartnerKeys keys = keys();
        boolean sameKeys = CertificateAwareAuth.signed(session).stream()
                .allMatch(key -> key instanceof OpenSshCertificate certificate
                        ? UserCertificates.distrust(certificate, keys.trust(name), LoginFailures.address(session))
                                .isEmpty()
                        : keys.allows(name, key));
        boolean samePassword = proved == null
                || partner(name)
                        .map(partner -> proved.equals(partner.login().passwordHash()))
                        .orElse(false);
        return sameKeys && samePassword && refusal(name, session).isEmpty();
    }

    private Optional<String> refusal(String name, ServerSession session) {
        Optional<Partner> partner = partner(name);
        if (partner.isEmpty()) {
            return Optional.of("user");
        }
        Login login = partner.get().login();
        return login.refusal(LoginFailures.address(session), clock.instant())
                .map(refusal -> refusal.name().toLowerCase(Locale.ROOT))
                .or(() -> algorithms.mayUse(login, session) ? Optional.empty() : Optional.of("algorithms"));
    }

    /** Somebody tries to log in under a name, with whatever proof. */
    void attempt(String name, ServerSession session) {
        SessionState state = session.getAttribute(SessionState.KEY);
        if (state != null) {
            state.triedKey();
            if (partner(name).isPresent()) {
                Identity known = state.identity();
                state.claimed(new Identity(name, known.session(), known.address()));
            }
        }
    }

    /** The session's address is forgiven what failed before. */
    void loggedIn(Session session) {
        failures.forgive(session);
    }

    /** Wrong keys count once, when the session ends: clients offer all they have. */
    void endedWithoutLogin(Session session) {
        failures.ended(session);
    }
}
