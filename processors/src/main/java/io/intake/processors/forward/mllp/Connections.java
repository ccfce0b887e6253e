package io.intake.processors.forward.mllp;

import io.intake.config.MllpTarget;
import io.intake.config.TlsSetting;
import io.intake.processors.Secrets;
import io.intake.processors.forward.tls.TlsContexts;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Connections that stay open between messages and batches: engines count on it, and a handshake costs more than a message.
 * Thread-safe.
 */
final class Connections implements AutoCloseable {
    /** Shorter than what firewalls and engines close silent connections after. */
    private static final Duration REST = Duration.ofSeconds(20);

    /** Of one engine, at rest. A function works on one task at a time; the local run on several. */
    private static final int KEPT = 2;

    private final Secrets secrets;
    private final InstantSource clock;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("mllp-timer").factory());
    private final Map<MllpTarget, Deque<Connection>> resting = new HashMap<>();
    private boolean closed;

    Connections(Secrets secrets, InstantSource clock) {
        this.secrets = secrets;
        this.clock = clock;
    }

    /** Ends what takes too long. */
    ScheduledExecutorService timer() {
        return timer;
    }

    /** A connection at rest that can still be used, or a new one. */
    Connection take(MllpTarget target) throws IOException, GeneralSecurityException {
        for (Connection kept = kept(target); kept != null; kept = kept(target)) {
            if (kept.isFresh(clock.instant(), REST)) {
                return kept;
            }
            kept.close();
        }
        return open(target);
    }

    /** A new one. */
    Connection open(MllpTarget target) throws IOException, GeneralSecurityException {
        TlsSetting tls = target.tls();
        return Connection.open(target, tls == null ? null : context(tls), timer);
    }

    private SSLContext context(TlsSetting tls) throws GeneralSecurityException {
        return TlsContexts.of(
                secrets.resolveOptional(tls.ca()),
                secrets.resolveOptional(tls.certificate()),
                secrets.resolveOptional(tls.key()));
    }

    private synchronized @Nullable Connection kept(MllpTarget target) {
        Deque<Connection> its = resting.get(target);
        return its == null ? null : its.pollLast();
    }

    /** Takes back a connection on which no answer is outstanding. */
    synchronized void give(MllpTarget target, Connection connection) {
        Deque<Connection> its = resting.computeIfAbsent(target, any -> new ArrayDeque<>());
        if (closed || its.size() == KEPT) {
            connection.close();
        } else {
            its.addLast(connection);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        resting.values().forEach(its -> its.forEach(Connection::close));
        resting.clear();
        timer.shutdownNow();
    }
}
