package io.intake.gateway.files;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * What all downloads together read ahead into: a fixed number of slabs outside the heap, used again and again. Nobody waits
 * for one, because a download can go on without. None gets more than an even share; whose clients have been silent give theirs
 * up for others. Thread-safe.
 */
public final class ReadMemory {
    static final int SLAB_BYTES = 256 << 10;
    /** A client that asks for nothing for so long does without what was read ahead for it, if others can use the memory. */
    private static final long SILENT_NANOS = Duration.ofSeconds(2).toNanos();

    private static final class Holding {
        private int slabs;
        private long usedAt;
    }

    private final int total;
    private final LongSupplier nanos;
    private final Deque<ByteBuffer> pooled = new ArrayDeque<>();
    /** Who has slabs, the longest unused first. */
    private final Map<Download, Holding> holdings = new LinkedHashMap<>();

    private int used;

    /**
     * All of it free.
     *
     * @param bytes at most; of those there is at least one slab
     * @param nanos a clock that only goes forward
     */
    public ReadMemory(long bytes, LongSupplier nanos) {
        this.total = Math.toIntExact(Math.max(1, bytes / SLAB_BYTES));
        this.nanos = nanos;
    }

    /**
     * Takes slabs, at the cost of others if those are silent, or have more than their share since there are more of them.
     *
     * @return as many as asked for, or fewer, or none
     */
    List<ByteBuffer> take(Download asking, int slabs) {
        for (Victim victim : victims(asking, slabs)) {
            victim.download().letGo(victim.keeps());
        }
        return takeFree(asking, slabs);
    }

    /** How many slabs a download may have now: an even share among those whose clients are not silent. */
    synchronized int share(Download asking) {
        long now = nanos.getAsLong();
        int active = 1;
        for (Map.Entry<Download, Holding> held : holdings.entrySet()) {
            if (held.getKey() != asking && !isSilent(held.getValue(), now)) {
                active++;
            }
        }
        return Math.max(1, total / active);
    }

    private static boolean isSilent(Holding holding, long now) {
        return now - holding.usedAt > SILENT_NANOS;
    }

    /** How many of so many slabs it may have. */
    private int due(Download asking, int slabs) {
        Holding own = holdings.get(asking);
        return Math.clamp((long) share(asking) - (own == null ? 0 : own.slabs), 0, slabs);
    }

    private synchronized List<ByteBuffer> takeFree(Download asking, int slabs) {
        int count = Math.min(due(asking, slabs), total - used);
        List<ByteBuffer> taken = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ByteBuffer slab = pooled.poll();
            taken.add(slab == null ? ByteBuffer.allocateDirect(SLAB_BYTES) : slab);
        }
        if (count > 0) {
            used += count;
            Holding own = holdings.computeIfAbsent(asking, _ -> new Holding());
            own.slabs += count;
            own.usedAt = nanos.getAsLong();
        }
        return taken;
    }

    private record Victim(Download download, int keeps) {}

    /** Who must give slabs up for as many to be free as the asking download may have; the longest unused first. */
    private synchronized List<Victim> victims(Download asking, int slabs) {
        int missing = due(asking, slabs) - (total - used);
        if (missing <= 0) {
            return List.of();
        }
        int share = share(asking);
        long now = nanos.getAsLong();
        List<Victim> victims = new ArrayList<>();
        for (Map.Entry<Download, Holding> held : holdings.entrySet()) {
            int keeps = isSilent(held.getValue(), now) ? 0 : share;
            if (missing > 0 && held.getKey() != asking && held.getValue().slabs > keeps) {
                victims.add(new Victim(held.getKey(), keeps));
                missing -= held.getValue().slabs - keeps;
            }
        }
        return victims;
    }

    /** A download's client has asked for something. */
    synchronized void used(Download download) {
        Holding own = holdings.remove(download);
        if (own != null) {
            own.usedAt = nanos.getAsLong();
            holdings.put(download, own);
        }
    }

    synchronized void giveBack(Download download, List<ByteBuffer> slabs) {
        Holding own = holdings.get(download);
        if (own == null || own.slabs < slabs.size()) {
            throw new IllegalStateException("more memory was given back than taken");
        }
        own.slabs -= slabs.size();
        if (own.slabs == 0) {
            holdings.remove(download);
        }
        used -= slabs.size();
        slabs.forEach(pooled::push);
    }

    /** Bytes that are taken now. */
    synchronized long usedBytes() {
        return (long) used * SLAB_BYTES;
    }
}
