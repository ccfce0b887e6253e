package io.intake.processors.unzip;

/** How an entry is cut into parts. Pure. */
final class Parts {
    /** What a part has unless the entry is huge; also up to which an entry is stored in one request. */
    static final int PART_BYTES = 8 << 20;

    /** Leaves some of S3's 10,000 numbers for those that interruptions use up. */
    private static final int PLANNED_PARTS = 9_000;

    /** What a function has room for. */
    private static final int MAX_PART_BYTES = 64 << 20;

    /** The largest entry that fits into such parts. */
    static final long MAX_ENTRY_BYTES = (long) PLANNED_PARTS * MAX_PART_BYTES;

    private Parts() {}

    /**
     * The size of every part but the last; depends on the entry alone, so that every invocation cuts alike.
     *
     * @param partBytes the usual size
     */
    static int size(long entryBytes, int partBytes) {
        return (int) Math.max(partBytes, Math.ceilDiv(entryBytes, (long) PLANNED_PARTS));
    }
}
