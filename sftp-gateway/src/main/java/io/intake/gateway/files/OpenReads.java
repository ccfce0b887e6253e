package io.intake.gateway.files;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;

/**
 * How many downloads have a request to the store open at once. Each holds a connection, in which what is not read yet waits;
 * clients that stop in the middle of their downloads must not take all connections from those who upload. A download whose
 * request was taken from it asks again when it goes on. Thread-safe.
 */
public final class OpenReads {
    private final Semaphore places;
    /** The longest unused first. */
    private final Set<Download> open = new LinkedHashSet<>();

    /** @param most requests at once, fewer than the store's client has connections */
    public OpenReads(int most) {
        places = new Semaphore(most, true);
    }

    /** Takes a place, of a download that does not use it if there is none; waits while all are used. */
    void enter(Download asking) {
        while (!places.tryAcquire()) {
            if (!takeFromIdle()) {
                places.acquireUninterruptibly();
                break;
            }
        }
        synchronized (this) {
            open.add(asking);
        }
    }

    private boolean takeFromIdle() {
        List<Download> candidates;
        synchronized (this) {
            candidates = List.copyOf(open);
        }
        return candidates.stream().anyMatch(Download::letGo);
    }

    /** A download has used its place again. */
    synchronized void used(Download download) {
        if (open.remove(download)) {
            open.add(download);
        }
    }

    /** Gives a place back. */
    void leave(Download download) {
        synchronized (this) {
            open.remove(download);
        }
        places.release();
    }

    /** Whether somebody waits for a place. */
    boolean isShort() {
        return places.hasQueuedThreads();
    }

    /** Requests that are open now. */
    public synchronized int count() {
        return open.size();
    }
}
