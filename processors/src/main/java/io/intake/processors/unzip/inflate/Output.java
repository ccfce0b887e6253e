package io.intake.processors.unzip.inflate;

import io.intake.processors.unzip.inflate.DeflateException.Fault;

/**
 * Where the bytes go: straight into the caller's array, with the 32 KiB before it remembered, because matches reach back
 * there. Its fields are open to {@link SymbolLoop}. Not thread-safe.
 */
final class Output {
    /** How far a match reaches back at most (RFC 1951, section 2). */
    static final int WINDOW_BYTES = 1 << 15;

    private static final int MASK = WINDOW_BYTES - 1;
    private static final byte[] NONE = new byte[0];

    byte[] target = NONE;
    int start;
    int position;
    int limit;

    /** A ring of what was given in earlier calls; the byte with number n in the stream is at n modulo its size. */
    private final byte[] window = new byte[WINDOW_BYTES];

    private long before;

    void open(byte[] array, int offset, int length) {
        target = array;
        start = offset;
        position = offset;
        limit = offset + length;
    }

    /** Remembers the end of what was given; returns how much that was. */
    int close() {
        int given = position - start;
        int kept = Math.min(given, WINDOW_BYTES);
        remember(target, position - kept, kept, before + given - kept);
        before += given;
        start = position;
        limit = position;
        target = NONE;
        return given;
    }

    private void remember(byte[] array, int offset, int length, long number) {
        int at = (int) number & MASK;
        int first = Math.min(length, WINDOW_BYTES - at);
        System.arraycopy(array, offset, window, at, first);
        System.arraycopy(array, offset + first, window, 0, length - first);
    }

    boolean full() {
        return position == limit;
    }

    /** How many bytes were given, those of the open call too. */
    long produced() {
        return before + (position - start);
    }

    void requireReach(int distance) throws DeflateException {
        if (distance > produced()) {
            throw new DeflateException(Fault.DISTANCE_TOO_FAR);
        }
    }

    /** Repeats what was given a distance ago, as far as there is room; returns how much of it is left to do. */
    int match(int distance, int length) {
        int stop = Math.min(limit, position + length);
        int left = length - (stop - position);
        while (position < stop && distance > position - start) {
            long number = before - (distance - (position - start));
            target[position++] = window[(int) number & MASK];
        }
        while (position < stop) {
            target[position] = target[position - distance];
            position++;
        }
        return left;
    }

    /** What a match can reach, between two calls. */
    byte[] history() {
        int length = (int) Math.min(before, WINDOW_BYTES);
        byte[] history = new byte[length];
        int at = (int) (before - length) & MASK;
        int first = Math.min(length, WINDOW_BYTES - at);
        System.arraycopy(window, at, history, 0, first);
        System.arraycopy(window, 0, history, first, length - first);
        return history;
    }

    /** Begins in the middle of a stream. */
    void begin(long produced, byte[] history) {
        before = produced;
        remember(history, 0, history.length, produced - history.length);
    }
}
