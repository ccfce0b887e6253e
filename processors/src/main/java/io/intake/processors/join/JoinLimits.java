package io.intake.processors.join;

/**
 * What bounds the memory of a join.
 *
 * @param singleBytes tables that have no more than this together are joined by one task
 * @param partitionBytes what a partition of a step should hold, its parents' and children's rows together
 * @param heldBytes what may be held at once: rows with what they cost beside their bytes
 * @param recordBytes the largest record
 * @param chunkBytes how much is sorted by partition at once
 * @param chunksPerTask how many chunks are one unit of work
 * @param tasks most tasks of a phase; beyond it each does more
 * @param surveyed up to so many chunks of a step are looked at for whether they are sorted; 0 for none
 */
public record JoinLimits(
        long singleBytes,
        long partitionBytes,
        long heldBytes,
        int recordBytes,
        long chunkBytes,
        int chunksPerTask,
        int tasks,
        int surveyed) {
    /** For functions of 512 MiB. */
    public static final JoinLimits DEFAULT =
            new JoinLimits(64L << 20, 48L << 20, 96L << 20, 16 << 20, 64L << 20, 4, 500, 2_000);

    /** Chunks that a task looks at, for each that it would sort. */
    static final int SURVEYED_PER_SORTED = 4;

    /** What a row costs beside its bytes: its object, its place in a list, its key. */
    static final int ROW_BYTES = 96;
}
