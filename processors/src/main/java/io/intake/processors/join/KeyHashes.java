package io.intake.processors.join;

import java.nio.ByteBuffer;
import java.util.function.IntUnaryOperator;

/**
 * A set of 128-bit hashes of keys: the chance that two of a billion keys have the same is below one in 10^20. Takes 16 bytes
 * per place, of which at least a third is in use once there are many. Not thread-safe.
 */
final class KeyHashes {
    private static final int LEAST = 1 << 10;

    private long[] high = new long[LEAST];
    private long[] low = new long[LEAST];
    private int size;

    /** Adds a hash; false if it is there. A hash of zero bits alone, which marks a free place, counts as another one. */
    boolean add(long first, long second) {
        long own = first == 0 && second == 0 ? 1 : second;
        if (size * 3L > high.length * 2L) {
            grow();
        }
        int place = place(first, own);
        if (high[place] != 0 || low[place] != 0) {
            return false;
        }
        high[place] = first;
        low[place] = own;
        size++;
        return true;
    }

    private int place(long first, long second) {
        int mask = high.length - 1;
        int place = (int) second & mask;
        while ((high[place] != 0 || low[place] != 0) && (high[place] != first || low[place] != second)) {
            place = place + 1 & mask;
        }
        return place;
    }

    private void grow() {
        long[] oldHigh = high;
        long[] oldLow = low;
        high = new long[oldHigh.length * 2];
        low = new long[oldLow.length * 2];
        for (int i = 0; i < oldHigh.length; i++) {
            if (oldHigh[i] != 0 || oldLow[i] != 0) {
                int place = place(oldHigh[i], oldLow[i]);
                high[place] = oldHigh[i];
                low[place] = oldLow[i];
            }
        }
    }

    int size() {
        return size;
    }

    /** The partition of a hash among a number of them. */
    static int partition(long first, int partitions) {
        return (int) Long.remainderUnsigned(first, partitions);
    }

    /** All hashes by partition: the offsets where each partition's begin, and the end; then the hashes. */
    Bytes sorted(int partitions) {
        int[] counts = new int[partitions];
        each((first, second) -> counts[partition(first, partitions)]++);
        int head = (partitions + 1) * Long.BYTES;
        ByteBuffer sorted = ByteBuffer.allocate(head + size * 2 * Long.BYTES);
        int[] next = new int[partitions];
        int at = head;
        for (int i = 0; i < partitions; i++) {
            sorted.putLong(at);
            next[i] = at;
            at += counts[i] * 2 * Long.BYTES;
        }
        sorted.putLong(at);
        IntUnaryOperator take = partition -> {
            int place = next[partition];
            next[partition] += 2 * Long.BYTES;
            return place;
        };
        each((first, second) -> {
            int place = take.applyAsInt(partition(first, partitions));
            sorted.putLong(place, first);
            sorted.putLong(place + Long.BYTES, second);
        });
        Bytes bytes = new Bytes(sorted.capacity());
        bytes.add(sorted.array());
        return bytes;
    }

    private interface Visitor {
        void visit(long first, long second);
    }

    private void each(Visitor visitor) {
        for (int i = 0; i < high.length; i++) {
            if (high[i] != 0 || low[i] != 0) {
                visitor.visit(high[i], low[i]);
            }
        }
    }
}
