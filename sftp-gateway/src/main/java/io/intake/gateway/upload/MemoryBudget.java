package io.intake.gateway.upload;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The memory of all uploads, or one partner's share of it: a fixed number of slabs, counted before they are used and reused
 * afterwards. Thread-safe.
 *
 * <p>It cannot deadlock. Uploads past their first slab ask for a whole smallest part at once ({@link #reserve}); the slabs
 * for one such part are kept back from everybody else ({@link #admit} and {@link #tryTake} leave them free), both of the
 * whole and of each partner's share. So whenever no part is on its way to the store, the first who waits can be served; it
 * can then fill its part and send it without asking for more, which frees it again. A client that does not go on filling it
 * has its part put aside ({@link IdleUploads}).
 *
 * <p>Partners take turns: a partner's place in the queue does not depend on how many uploads it has.
 */
public final class MemoryBudget {
    /** In bytes. A whole WRITE request of the largest size we announce fits. */
    public static final int SLAB_BYTES = 256 << 10;

    /** Slabs of the smallest part that S3 takes. */
    static final int MIN_PART_SLABS = 20;

    /** The least that a partner can have, so that some of its uploads can wait while one grows. */
    private static final int MIN_CAP_SLABS = MIN_PART_SLABS + 12;

    private static final int LEAST_SLABS = 64;

    private final SlabPool pool;
    private final SlabPool.Account account;
    private final int cap;
    private final Map<String, MemoryBudget> shares;

    /**
     * A budget of which nothing is used and of which a partner may have all.
     *
     * @param bytes at least 16 MiB; rounded down to whole slabs, which are allocated when first used
     */
    public MemoryBudget(long bytes) {
        this(bytes, 100);
    }

    /**
     * A budget of which nothing is used.
     *
     * @param bytes at least 16 MiB; rounded down to whole slabs, which are allocated when first used
     * @param partnerPercent what one partner may have at once, 1 to 100; at least 8 MiB whatever it is
     */
    public MemoryBudget(long bytes, int partnerPercent) {
        this(bytes, partnerPercent, SLAB_BYTES);
    }

    /**
     * The same with smaller slabs, for simulations.
     *
     * @param bytes at least 64 slabs
     */
    MemoryBudget(long bytes, int partnerPercent, int slabBytes) {
        if (bytes / slabBytes < LEAST_SLABS || bytes / slabBytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("uploads need at least 16 MiB of memory: " + bytes);
        }
        if (partnerPercent < 1 || partnerPercent > 100) {
            throw new IllegalArgumentException("a partner's share is 1 to 100 percent: " + partnerPercent);
        }
        int total = (int) (bytes / slabBytes);
        pool = new SlabPool(total, slabBytes);
        account = new SlabPool.Account(total);
        cap = Math.max(MIN_CAP_SLABS, (int) ((long) total * partnerPercent / 100));
        shares = new ConcurrentHashMap<>();
    }

    private MemoryBudget(MemoryBudget whole) {
        pool = whole.pool;
        account = new SlabPool.Account(whole.cap);
        cap = whole.cap;
        shares = whole.shares;
    }

    /** A partner's share: the same memory, of which it may have no more than its part. */
    public MemoryBudget forPartner(String partner) {
        return shares.computeIfAbsent(partner, _ -> new MemoryBudget(this));
    }

    /** Asks for an upload's first slab. Completes when it may be used; cancel it to stop waiting. */
    CompletableFuture<Void> admit() {
        return pool.enqueue(account, 1, false);
    }

    /** Asks for the rest of a smallest part. Served before {@link #admit}, in the order asked. */
    CompletableFuture<Void> reserve(int slabs) {
        return pool.enqueue(account, slabs, true);
    }

    /** One slab more, if it is not needed for anything that matters more. */
    boolean tryTake() {
        return pool.tryTake(account);
    }

    /** Lets whoever can go on go on. Called by whoever cancels what it waited for. */
    void serve() {
        pool.serve();
    }

    /** Whether somebody waits whom memory given back from this share would help. */
    boolean isShort() {
        return pool.isShortFor(account);
    }

    /** Gives back what {@link #admit}, {@link #reserve} or {@link #tryTake} allowed. */
    void release(int slabs) {
        pool.release(account, slabs);
    }

    /** The size of a slab, in bytes. */
    int slabBytes() {
        return pool.slabBytes();
    }

    /** Memory for a slab that was allowed. Its content is left over from earlier use. */
    byte[] slab() {
        return pool.slab();
    }

    /** Takes back the memory of a slab; its use is given back by {@link #release}. */
    void recycle(byte[] slab) {
        pool.recycle(slab);
    }

    /** Bytes that uploads hold or have reserved, all partners' together. */
    public long used() {
        return (long) pool.used() * slabBytes();
    }

    /** Bytes that this share's uploads hold or have reserved. */
    public long ownUse() {
        return (long) pool.used(account) * slabBytes();
    }

    /** How many uploads wait for memory, of all partners. */
    public int waiting() {
        return pool.waiting();
    }

    /** Bytes there are, for all partners together. */
    public long capacity() {
        return (long) pool.total() * slabBytes();
    }
}
