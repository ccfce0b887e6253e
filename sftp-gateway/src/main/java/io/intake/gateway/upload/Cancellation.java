package io.intake.gateway.upload;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Ends the waiting of a channel's thread when its session is lost. Not an interrupt: that would also break store calls that
 * are under way, whose outcome would then be unknown. Thread-safe; one thread waits at a time.
 */
public final class Cancellation {
    private @Nullable CompletableFuture<Void> waiting;
    private boolean cancelled;

    /** Ends the wait under way and all later ones. */
    public void cancel() {
        CompletableFuture<Void> waiter;
        synchronized (this) {
            cancelled = true;
            waiter = waiting;
        }
        if (waiter != null) {
            waiter.cancel(false);
        }
    }

    /** Whether {@link #cancel} was called. */
    public synchronized boolean isCancelled() {
        return cancelled;
    }

    /**
     * Waits for a future.
     *
     * @return false if cancelled first; the future is then cancelled
     */
    public boolean await(CompletableFuture<Void> future) {
        synchronized (this) {
            waiting = future;
            if (cancelled) {
                future.cancel(false);
            }
        }
        try {
            future.join();
            return true;
        } catch (CancellationException e) {
            return false;
        } catch (CompletionException e) {
            throw new IllegalStateException("nothing completes a wait with a failure", e);
        } finally {
            synchronized (this) {
                waiting = null;
            }
        }
    }
}
