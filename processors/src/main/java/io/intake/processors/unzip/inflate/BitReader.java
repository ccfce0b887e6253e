package io.intake.processors.unzip.inflate;

/**
 * The input as bits, lowest first. Its fields are open to {@link SymbolLoop}, which keeps them in local variables while it
 * is hot. Not thread-safe.
 */
final class BitReader {
    private static final byte[] NONE = new byte[0];

    /** The array at hand; what is before {@link #position} is in {@link #buffer} or was used. */
    byte[] bytes = NONE;

    int position;
    int end;

    /** The next {@link #count} bits, the very next one lowest; above them are zeros. */
    long buffer;

    /** 0 to 63. */
    int count;

    private int start;
    private long loadedBefore;

    /** Goes on with further bytes; those before must have been loaded. */
    void input(byte[] array, int offset, int length) {
        if (position < end) {
            throw new IllegalStateException("there is input left");
        }
        loadedBefore += position - start;
        bytes = array;
        start = offset;
        position = offset;
        end = offset + length;
    }

    /** Begins in the middle of a stream: behind so many bytes, the last of which has bits left. */
    void begin(long consumed, int bits, int value) {
        loadedBefore = consumed;
        count = bits;
        buffer = value;
    }

    /** Loads what fits: 56 bits or more unless the input ends. */
    void refill() {
        while (count < 56 && position < end) {
            buffer |= (bytes[position++] & 0xFFL) << count;
            count += 8;
        }
    }

    /** Whether so many bits, up to 56, are there. */
    boolean has(int bits) {
        if (count < bits) {
            refill();
        }
        return count >= bits;
    }

    /** The next bits, up to 31, which must be there. */
    int take(int bits) {
        int value = (int) buffer & ((1 << bits) - 1);
        drop(bits);
        return value;
    }

    void drop(int bits) {
        buffer >>>= bits;
        count -= bits;
    }

    /** Drops what is left of the byte at hand. */
    void align() {
        drop(count & 7);
    }

    /** Copies whole bytes, after {@link #align}; returns how many there were. */
    int copy(byte[] target, int at, int length) {
        int done = 0;
        while (done < length && count > 0) {
            target[at + done++] = (byte) take(8);
        }
        int rest = Math.min(length - done, end - position);
        System.arraycopy(bytes, position, target, at + done, rest);
        position += rest;
        return done + rest;
    }

    boolean exhausted() {
        return position == end;
    }

    /** How many bytes were used, the last perhaps in part; loaded ones that were not are not counted. */
    long consumed() {
        return loadedBefore + (position - start) - (count >>> 3);
    }
}
