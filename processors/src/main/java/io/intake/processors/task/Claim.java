package io.intake.processors.task;

import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.store.StoreException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A task that this invocation holds. Renews the lease while a step runs longer than a third of it, for instance because an
 * engine does not answer: only the dead lose theirs. Thread-safe; ends with {@link #close}.
 */
final class Claim implements AutoCloseable {
    private final Records records;
    private final String key;
    private final InstantSource clock;
    private final Duration lease;
    private final ReentrantLock lock = new ReentrantLock();
    private final Renewals.Running renewals;
    /** This and the fields below are guarded by the lock. */
    private Versioned<Checkpoint> held;

    private boolean savedLately;
    private boolean lost;
    private boolean closed;

    Claim(
            Records records,
            String key,
            Versioned<Checkpoint> held,
            InstantSource clock,
            Duration lease,
            Renewals renewals) {
        this.records = records;
        this.key = key;
        this.held = held;
        this.clock = clock;
        this.lease = lease;
        this.renewals = renewals.every(lease.dividedBy(3), this::renew);
    }

    /** The checkpoint as it was saved last. */
    Checkpoint current() {
        lock.lock();
        try {
            return held.value();
        } finally {
            lock.unlock();
        }
    }

    /** Saves the next checkpoint; false if another invocation has taken the task over. */
    boolean save(Checkpoint next) {
        lock.lock();
        try {
            savedLately = true;
            return !lost && replace(next);
        } finally {
            lock.unlock();
        }
    }

    private boolean replace(Checkpoint next) {
        Optional<Versioned<Checkpoint>> written = records.replace(key, held.etag(), next);
        written.ifPresent(now -> held = now);
        return written.isPresent();
    }

    private void renew() {
        lock.lock();
        try {
            if (closed || lost || savedLately) {
                savedLately = false;
                return;
            }
            lost = !replace(held.value().renew(clock.instant(), lease));
        } catch (StoreException busy) {
            // tried again after another third; the next save says what matters
        } finally {
            lock.unlock();
        }
    }

    /** Stops renewing. What was saved stays. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            renewals.close();
        } finally {
            lock.unlock();
        }
    }
}
