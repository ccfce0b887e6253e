package io.intake.gateway.quota;

import io.intake.gateway.upload.Cancellation;
import io.intake.gateway.upload.SessionLostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** When a partner's files are counted: never twice at a time, and not more often than it can matter. Thread-safe. */
final class CountSchedule {
    /** After this a count is made again in the background. */
    private static final Duration OLD = Duration.ofMinutes(10);

    /** A count no older than this is believed when it says that there is no room. */
    private static final Duration FRESH = Duration.ofSeconds(30);

    private final Runnable count;
    private final InstantSource clock;
    private final Executor executor;

    private @Nullable Instant counted;
    /** Whether something was deleted since the last count began. */
    private boolean freed;

    private @Nullable CompletableFuture<Void> counting;
    /** Counts begun so far. */
    private long begun;

    /**
     * Nothing is counted yet.
     *
     * @param count counts, and calls {@link #succeeded} if it could; throws nothing
     * @param executor must start each task at once, as one virtual thread per task does
     */
    CountSchedule(Runnable count, InstantSource clock, Executor executor) {
        this.count = count;
        this.clock = clock;
        this.executor = executor;
    }

    /** A count was made. */
    synchronized void succeeded() {
        counted = clock.instant();
    }

    synchronized boolean isCounted() {
        return counted != null;
    }

    /** Something was deleted or replaced: what is known may be too high. */
    synchronized void freed() {
        freed = true;
    }

    /** Waits for the first count; an old one is renewed in the background. */
    void awaitFirst(Cancellation cancellation) throws SessionLostException {
        CompletableFuture<Void> first = null;
        synchronized (this) {
            Instant last = counted;
            if (last == null) {
                first = begin();
            } else if (last.plus(OLD).isBefore(clock.instant())) {
                CompletableFuture<Void> ignored = begin();
            }
        }
        await(first, cancellation);
    }

    /** Counts again, unless that was just done and nothing was deleted since. */
    void refresh(Cancellation cancellation) throws SessionLostException {
        CompletableFuture<Void> again = null;
        synchronized (this) {
            Instant last = counted;
            if (freed || last == null || last.plus(FRESH).isBefore(clock.instant())) {
                again = begin();
            }
        }
        await(again, cancellation);
    }

    private static void await(@Nullable CompletableFuture<Void> done, Cancellation cancellation)
            throws SessionLostException {
        // a copy, because the end of one session must not end the wait of others
        if (done != null && !cancellation.await(done.copy())) {
            throw new SessionLostException();
        }
    }

    /** Begins a count behind the one under way, or joins that one if nothing was deleted since it began. */
    private CompletableFuture<Void> begin() {
        CompletableFuture<Void> running = counting;
        if (running != null && !freed) {
            return running;
        }
        freed = false;
        CompletableFuture<Void> next =
                running == null ? CompletableFuture.runAsync(count, executor) : running.thenRunAsync(count, executor);
        long number = ++begun;
        counting = next;
        CompletableFuture<Void> ignored = next.whenComplete((_, _) -> ended(number));
        return next;
    }

    private synchronized void ended(long number) {
        if (number == begun) {
            counting = null;
        }
    }
}
