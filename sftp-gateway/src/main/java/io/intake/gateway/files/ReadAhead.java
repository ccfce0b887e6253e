package io.intake.gateway.files;

/**
 * How much to ask the store for at once: little where a client jumps about, more and more where it reads on. Pure; not
 * thread-safe.
 */
final class ReadAhead {
    private static final long SMALLEST = 1 << 20;
    private static final long LARGEST = 64 << 20;

    private long range = SMALLEST;
    private long expected;

    /**
     * The bytes to ask for.
     *
     * @param offset where the client reads
     * @param length how much it wants now
     */
    long next(long offset, int length) {
        boolean sequential = offset == expected;
        range = sequential ? Math.min(range * 4, LARGEST) : SMALLEST;
        range = Math.max(range, length);
        expected = offset + range;
        return range;
    }
}
