package io.intake.gateway.upload;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/**
 * The memory of all uploads: a fixed number of slabs, counted before they are used and reused afterwards. Thread-safe.
 *
 * <p>It cannot deadlock. Uploads past their first slab ask for a whole smallest part at once ({@link #reserve}); the slabs
 * for one such part are kept back from everybody else ({@link #admit} and {@link #tryTake} leave them free). So whenever no
 * part is on its way to the store, the first in the queue can be served; it can then fill its part and send it without
 * asking for more, which frees it again.
 */
public final class MemoryBudget {
    /** In bytes. A whole WRITE request of the largest size we announce fits. */
    public static final int SLAB_BYTES = 256 << 10;

    /** Slabs of the smallest part that S3 takes. */
    static final int MIN_PART_SLABS = 20;

    private record Waiting(int slabs, CompletableFuture<Void> granted) {}

    private final int total;
    private final Deque<byte[]> pool = new ArrayDeque<>();
    private final Deque<Waiting> growing = new ArrayDeque<>();
    private final Deque<Waiting> arriving = new ArrayDeque<>();
    private int free;

    /**
     * A budget of which nothing is used.
     *
     * @param bytes at least 16 MiB; rounded down to whole slabs, which are allocated when first used
     */
    public MemoryBudget(long bytes) {
        if (bytes < 16L << 20 || bytes / SLAB_BYTES > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("uploads need at least 16 MiB of memory: " + bytes);
        }
        total = (int) (bytes / SLAB_BYTES);
        free = total;
    }

    /** Asks for an upload's first slab. Completes when it may be used; cancel it to stop waiting. */
    CompletableFuture<Void> admit() {
        return enqueue(arriving, 1);
    }

    /** Asks for the rest of a smallest part. Served before {@link #admit}, in the order asked. */
    CompletableFuture<Void> reserve(int slabs) {
        return enqueue(growing, slabs);
    }

    /** One slab more, if it is not needed for anything that matters more. */
    synchronized boolean tryTake() {
        if (!growing.isEmpty() || free - 1 < MIN_PART_SLABS) {
            return false;
        }
        free--;
        return true;
    }

    private CompletableFuture<Void> enqueue(Deque<Waiting> queue, int slabs) {
        CompletableFuture<Void> granted = new CompletableFuture<>();
        synchronized (this) {
            queue.add(new Waiting(slabs, granted));
        }
        serve();
        return granted;
    }

    /** Lets whoever can go on go on. Called again by whoever cancels what it waited for. */
    void serve() {
        while (serveOne()) {
            // each round serves or drops one that waits
        }
    }

    private boolean serveOne() {
        Waiting next;
        synchronized (this) {
            boolean growth = !growing.isEmpty();
            Deque<Waiting> queue = growth ? growing : arriving;
            Waiting head = queue.peek();
            if (head == null) {
                return false;
            }
            if (head.granted().isDone()) {
                queue.remove(); // given up before its turn
                return true;
            }
            if (free - head.slabs() < (growth ? 0 : MIN_PART_SLABS)) {
                return false;
            }
            free -= head.slabs();
            queue.remove();
            next = head;
        }
        // outside the lock, because the waiter's own steps run in here; if it was cancelled meanwhile, take it back
        if (!next.granted().complete(null)) {
            release(next.slabs());
        }
        return true;
    }

    /** Gives back what {@link #admit}, {@link #reserve} or {@link #tryTake} allowed. */
    void release(int slabs) {
        synchronized (this) {
            free += slabs;
            if (free > total) {
                throw new IllegalStateException("more memory was given back than taken");
            }
        }
        serve();
    }

    /** Memory for a slab that was allowed. Its content is left over from earlier use. */
    byte[] slab() {
        synchronized (this) {
            byte[] pooled = pool.poll();
            if (pooled != null) {
                return pooled;
            }
        }
        return new byte[SLAB_BYTES];
    }

    /** Takes back the memory of a slab; its use is given back by {@link #release}. */
    synchronized void recycle(byte[] slab) {
        pool.push(slab);
    }

    /** Bytes that uploads hold or have reserved. */
    public synchronized long used() {
        return (long) (total - free) * SLAB_BYTES;
    }

    /** How many uploads wait for memory. */
    public synchronized int waiting() {
        return growing.size() + arriving.size();
    }

    /** Bytes there are. */
    public long capacity() {
        return (long) total * SLAB_BYTES;
    }
}
