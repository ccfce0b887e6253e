package io.intake.gateway.files;

/**
 * How much to ask the store for, and how far ahead of the client: little where a client jumps about or only looks at a file's
 * beginning, more and more where it reads on. Pure; not thread-safe.
 */
final class ReadAhead {
    /** What a file's first request asks for; behind as many bytes in a run, reading ahead begins. */
    static final int FIRST_BYTES = ReadMemory.SLAB_BYTES;
    /** What one request asks for at most, for several to be under way within {@link #MOST_AHEAD}. */
    static final int LARGEST_BYTES = 2 << 20;
    /** How far it reads ahead: what 100 ms of a fast client take, which is longer than the store's first byte does. */
    static final int MOST_AHEAD = 6 << 20;
    /** A client with many requests under way may send them a little out of order. */
    private static final long SLACK = 1 << 20;
    /** What a jump asks for: the store's time for it is that of a few KiB. */
    private static final int JUMP_BYTES = 64 << 10;

    /** Behind the last byte read in this run. */
    private long position;
    /** Bytes read in this run. */
    private long run;

    /** The client reads a range. */
    void reading(long offset, int length) {
        long end = offset + length;
        if (Math.abs(offset - position) <= SLACK) {
            run += Math.clamp(end - position, 0, length);
            position = Math.max(position, end);
        } else {
            run = length;
            position = end;
        }
    }

    /** Whether an offset belongs to the run that is being read, and is no jump. */
    boolean isNear(long offset) {
        return Math.abs(offset - position) <= SLACK;
    }

    /** Bytes to ask for where nothing is there yet, of which the client wants some now. */
    int missing(long offset, int wanted) {
        int usual = run > wanted ? request() : offset == 0 ? FIRST_BYTES : JUMP_BYTES;
        return Math.max(usual, wanted);
    }

    /** Bytes to have, or to have asked for, behind what the client reads. */
    long ahead() {
        return run < FIRST_BYTES ? 0 : Math.min(2 * run, MOST_AHEAD);
    }

    /** Bytes to ask for at once when reading ahead: a third of it, so that three or more requests are under way. */
    int request() {
        long third = Long.highestOneBit(Math.max(1, ahead() / 3));
        return Math.clamp(third, FIRST_BYTES, LARGEST_BYTES);
    }
}
