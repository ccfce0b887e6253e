package io.intake.gateway.upload;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The bytes of a file that are not sent yet, by their place in the file: a contiguous run from {@link #start} to {@link
 * #end}, and a few runs a little ahead of it that came early. Takes slabs from its caller and never asks for any. Not
 * thread-safe.
 */
final class UploadBuffer {
    /** How far ahead of the contiguous run a write may begin, in bytes. */
    static final int AHEAD_BYTES = 4 << 20;

    /** How many separate runs may be ahead. */
    static final int AHEAD_RUNS = 64;

    private final int slabBytes;

    /** By slab number in the file. */
    private final Map<Long, byte[]> slabs = new HashMap<>();
    /** Start to end of each run ahead; neither touching each other nor the contiguous run. */
    private final TreeMap<Long, Long> ahead = new TreeMap<>();

    private long start;
    private long end;

    /** @param slabBytes the size of a slab */
    UploadBuffer(int slabBytes) {
        this.slabBytes = slabBytes;
    }

    /** What to do with a write. */
    enum Placement {
        TAKE,
        ALREADY_SENT,
        TOO_FAR_AHEAD
    }

    /** Decides about a write of at least one byte. */
    Placement placement(long offset) {
        if (offset < start) {
            return Placement.ALREADY_SENT;
        }
        boolean tooFar = offset - end > AHEAD_BYTES;
        return tooFar || (offset > end && ahead.size() >= AHEAD_RUNS) ? Placement.TOO_FAR_AHEAD : Placement.TAKE;
    }

    /** The number of the slab that a byte is in. */
    long slabOf(long offset) {
        return offset / slabBytes;
    }

    boolean hasSlab(long number) {
        return slabs.containsKey(number);
    }

    void addSlab(long number, byte[] slab) {
        slabs.put(number, slab);
    }

    int slabCount() {
        return slabs.size();
    }

    /** Copies bytes that lie in one slab, which must have been added. */
    void put(long offset, ByteBuffer bytes) {
        byte[] slab = slabs.get(slabOf(offset));
        int at = (int) (offset % slabBytes);
        int count = bytes.remaining();
        if (slab == null || at + count > slabBytes) {
            throw new IllegalStateException("no slab for the write");
        }
        bytes.get(slab, at, count);
        mark(offset, offset + count);
    }

    private void mark(long from, long to) {
        if (from > end) {
            addRun(from, to);
            return;
        }
        end = Math.max(end, to);
        for (Map.Entry<Long, Long> next = ahead.firstEntry();
                next != null && next.getKey() <= end;
                next = ahead.firstEntry()) {
            end = Math.max(end, next.getValue());
            ahead.remove(next.getKey());
        }
    }

    private void addRun(long from, long to) {
        long runStart = from;
        long runEnd = to;
        Map.Entry<Long, Long> before = ahead.floorEntry(to);
        while (before != null && before.getValue() >= runStart) {
            runStart = Math.min(runStart, before.getKey());
            runEnd = Math.max(runEnd, before.getValue());
            ahead.remove(before.getKey());
            before = ahead.floorEntry(runEnd);
        }
        ahead.put(runStart, runEnd);
    }

    /** The first byte not sent. Always at the start of a slab. */
    long start() {
        return start;
    }

    /** The end of the contiguous run: the file's size if nothing more comes. */
    long end() {
        return end;
    }

    /** Whether bytes came that bytes before them are missing for. */
    boolean hasGap() {
        return !ahead.isEmpty();
    }

    /** Whole slabs of the contiguous run. */
    int fullSlabs() {
        return (int) ((end - start) / slabBytes);
    }

    /** Takes whole slabs off the front, to be sent. */
    Deque<byte[]> takeFull(int count) {
        Deque<byte[]> taken = take(count);
        start += (long) count * slabBytes;
        return taken;
    }

    /** Takes all slabs of the contiguous run, the last one perhaps not full; nothing may be put after that. */
    Deque<byte[]> takeRest() {
        return take((int) ((end - start + slabBytes - 1) / slabBytes));
    }

    /** All slabs of the contiguous run, which stay where they are. */
    List<byte[]> rest() {
        List<byte[]> rest = new ArrayList<>();
        for (long number = slabOf(start); number * slabBytes < end; number++) {
            byte[] slab = slabs.get(number);
            if (slab == null) {
                throw new IllegalStateException("a slab of the contiguous run is missing");
            }
            rest.add(slab);
        }
        return rest;
    }

    private Deque<byte[]> take(int count) {
        Deque<byte[]> taken = new ArrayDeque<>(count);
        for (long number = slabOf(start), last = number + count; number < last; number++) {
            byte[] slab = slabs.remove(number);
            if (slab == null) {
                throw new IllegalStateException("a slab of the contiguous run is missing");
            }
            taken.add(slab);
        }
        return taken;
    }

    /** Gives up everything. */
    List<byte[]> discard() {
        Collection<byte[]> all = slabs.values();
        List<byte[]> discarded = new ArrayList<>(all);
        slabs.clear();
        ahead.clear();
        return discarded;
    }
}
