package io.intake.processors.forward.sftp;

import io.intake.config.SftpTarget;
import io.intake.processors.Secrets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** Connections that stay open between the files of a job: a login costs more than a small file. Thread-safe. */
final class Links implements AutoCloseable {
    /** Longer at rest, a function may have been frozen and a firewall may have forgotten the connection. */
    private static final Duration REST = Duration.ofSeconds(20);

    /** Of one server, at rest. A function works on one task at a time; the local run on several. */
    private static final int KEPT = 2;

    private final Secrets secrets;
    private final InstantSource clock;
    private final Map<SftpTarget, Deque<Resting>> resting = new HashMap<>();
    private @Nullable ScheduledExecutorService timer;
    private boolean closed;

    private record Resting(Link link, Instant since) {}

    Links(Secrets secrets, InstantSource clock) {
        this.secrets = secrets;
        this.clock = clock;
    }

    /**
     * A connection at rest that can still be used, or a new one; it closes by itself when its time is up.
     *
     * @param timeout from now until the connection is given back
     */
    Link take(SftpTarget target, Duration timeout) throws SftpFault {
        for (Resting kept = kept(target); kept != null; kept = kept(target)) {
            if (kept.link().isOpen() && clock.instant().isBefore(kept.since().plus(REST))) {
                kept.link().endAfter(timeout);
                return kept.link();
            }
            kept.link().close();
        }
        return Link.open(target, new Login(target.login(), secrets), timeout, timer());
    }

    private synchronized ScheduledExecutorService timer() {
        ScheduledExecutorService known = timer == null
                ? Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("sftp-timer").factory())
                : timer;
        timer = known;
        return known;
    }

    private synchronized @Nullable Resting kept(SftpTarget target) {
        Deque<Resting> its = resting.get(target);
        return its == null ? null : its.pollLast();
    }

    /** Takes back a connection on which nothing went wrong. */
    synchronized void give(SftpTarget target, Link link) {
        link.rest();
        Deque<Resting> its = resting.computeIfAbsent(target, any -> new ArrayDeque<>());
        if (closed || its.size() == KEPT) {
            link.close();
        } else {
            its.addLast(new Resting(link, clock.instant()));
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        resting.values().forEach(its -> its.forEach(kept -> kept.link().close()));
        resting.clear();
        if (timer != null) {
            timer.shutdownNow();
        }
    }
}
