package io.intake.gateway.upload;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of slabs, and whose turn it is to get some. Accounts are served in turn, those who wait on one account in
 * the order asked, growth before arrivals. Thread-safe.
 */
final class SlabPool {
    /** A request that waits; growth may use the slabs that are kept back. */
    private record Waiting(int slabs, CompletableFuture<Void> granted) {}

    private record Grant(Account account, Waiting request) {}

    /** What one partner has and waits for. Guarded by the pool. */
    static final class Account {
        private final int cap;
        private final Deque<Waiting> growing = new ArrayDeque<>();
        private final Deque<Waiting> arriving = new ArrayDeque<>();
        private int used;

        /** @param cap slabs it may have at once */
        Account(int cap) {
            this.cap = cap;
        }

        private Deque<Waiting> queue(boolean growth) {
            return growth ? growing : arriving;
        }

        /** Whether its own limit leaves room; arrivals wait behind growth. */
        private boolean allows(Waiting head, boolean growth) {
            return growth
                    ? used + head.slabs() <= cap
                    : growing.isEmpty() && used + head.slabs() <= cap - keptBack(cap);
        }
    }

    private final int total;
    private final int slabBytes;
    private final Deque<byte[]> pooled = new ArrayDeque<>();
    /** Accounts on which somebody may be waiting, the next in turn first. */
    private final Set<Account> turns = new LinkedHashSet<>();

    private int free;

    SlabPool(int total, int slabBytes) {
        this.total = total;
        this.slabBytes = slabBytes;
        this.free = total;
    }

    /** Of so many slabs, those that beginners leave to uploads that grow: many who have begun must not crowd them out. */
    private static int keptBack(int slabs) {
        return Math.max(MemoryBudget.MIN_PART_SLABS, slabs / 4);
    }

    int slabBytes() {
        return slabBytes;
    }

    int total() {
        return total;
    }

    CompletableFuture<Void> enqueue(Account account, int slabs, boolean growth) {
        CompletableFuture<Void> granted = new CompletableFuture<>();
        synchronized (this) {
            account.queue(growth).add(new Waiting(slabs, granted));
            turns.add(account);
        }
        serve();
        return granted;
    }

    synchronized boolean tryTake(Account account) {
        if (free - 1 < MemoryBudget.MIN_PART_SLABS
                || !account.growing.isEmpty()
                || account.used + 1 > account.cap - MemoryBudget.MIN_PART_SLABS
                || next(true) != null) {
            return false;
        }
        free--;
        account.used++;
        return true;
    }

    /** Lets whoever can go on go on. */
    void serve() {
        for (Grant grant = take(); grant != null; grant = take()) {
            // outside the lock, because the waiter's own steps run in here; if it was cancelled meanwhile, take it back
            if (!grant.request().granted().complete(null)) {
                release(grant.account(), grant.request().slabs());
            }
        }
    }

    /** Takes the next request out of its queue if there is memory for it, and counts it. */
    private synchronized @Nullable Grant take() {
        boolean growth = true;
        Account account = next(true);
        if (account == null) {
            growth = false;
            account = next(false);
        }
        if (account == null) {
            return null;
        }
        Waiting head = account.queue(growth).element();
        if (free - head.slabs() < (growth ? 0 : keptBack(total))) {
            return null; // nobody overtakes: who needs much would wait for ever
        }
        account.queue(growth).remove();
        free -= head.slabs();
        account.used += head.slabs();
        turns.remove(account);
        if (!account.growing.isEmpty() || !account.arriving.isEmpty()) {
            turns.add(account);
        }
        return new Grant(account, head);
    }

    /** The account in turn whose limit leaves room for what it waits for; null if there is none. */
    private @Nullable Account next(boolean growth) {
        for (Account account : turns) {
            Deque<Waiting> queue = account.queue(growth);
            while (!queue.isEmpty() && queue.element().granted().isDone()) {
                queue.remove(); // given up before its turn
            }
            if (!queue.isEmpty() && account.allows(queue.element(), growth)) {
                return account;
            }
        }
        return null;
    }

    /** Whether somebody waits whom memory given back by an account would help. */
    synchronized boolean isShortFor(Account account) {
        boolean global = next(true) != null || next(false) != null;
        return global || !account.growing.isEmpty() || !account.arriving.isEmpty();
    }

    void release(Account account, int slabs) {
        synchronized (this) {
            free += slabs;
            account.used -= slabs;
            if (free > total || account.used < 0) {
                throw new IllegalStateException("more memory was given back than taken");
            }
        }
        serve();
    }

    byte[] slab() {
        synchronized (this) {
            byte[] slab = pooled.poll();
            if (slab != null) {
                return slab;
            }
        }
        return new byte[slabBytes];
    }

    synchronized void recycle(byte[] slab) {
        pooled.push(slab);
    }

    synchronized int used() {
        return total - free;
    }

    synchronized int used(Account account) {
        return account.used;
    }

    /** How many wait for memory, on all accounts. */
    synchronized int waiting() {
        return turns.stream()
                .mapToInt(account -> account.growing.size() + account.arriving.size())
                .sum();
    }
}
