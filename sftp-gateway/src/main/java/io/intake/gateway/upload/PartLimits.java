package io.intake.gateway.upload;

import io.intake.store.ObjectStore;

/**
 * What a store's multipart uploads may be, and from which part on ours go on in segments. Scaled down in tests. Pure.
 *
 * @param minPartBytes of a part that is not the last; a multiple of {@link MemoryBudget#MIN_PART_SLABS}
 * @param maxPartBytes of a part, and of a copy that makes one; a whole number of slabs
 * @param maxParts the highest number of a part
 * @param inPlaceParts so many parts hold what the client sent and nothing more; those behind them are copied segments
 */
public record PartLimits(long minPartBytes, long maxPartBytes, int maxParts, int inPlaceParts) {
    /**
     * Amazon S3's. With 2,000 parts in place, and parts as 256 MiB of memory allow, a file of 90 GiB needs no segment; and
     * 7,999 segments hold 39 TiB, however small memory made the parts.
     */
    public static final PartLimits S3 = new PartLimits(
            ObjectStore.Limits.MIN_PART_BYTES, ObjectStore.Limits.MAX_PART_BYTES, ObjectStore.Limits.MAX_PARTS, 2_000);

    public PartLimits {
        if (minPartBytes < MemoryBudget.MIN_PART_SLABS || minPartBytes % MemoryBudget.MIN_PART_SLABS != 0) {
            throw new IllegalArgumentException("the smallest part is some slabs: " + minPartBytes);
        }
        if (maxPartBytes < minPartBytes || maxPartBytes % (minPartBytes / MemoryBudget.MIN_PART_SLABS) != 0) {
            throw new IllegalArgumentException("the largest part is a whole number of slabs: " + maxPartBytes);
        }
        if (inPlaceParts < 1 || inPlaceParts >= maxParts) {
            throw new IllegalArgumentException("parts in place are some of all: " + inPlaceParts);
        }
    }

    /** The unit of memory, of which {@link MemoryBudget#MIN_PART_SLABS} make the smallest part, in bytes. */
    public int slabBytes() {
        return (int) (minPartBytes / MemoryBudget.MIN_PART_SLABS);
    }

    /** Whether a segment of so many bytes takes no further part. A little is left over, so that no part is too small. */
    boolean isFull(long segmentBytes) {
        return maxPartBytes - segmentBytes < minPartBytes;
    }

    /** The largest file whatever its parts became, in bytes: the last number is for what is left at the end. */
    public long leastCapacity() {
        return inPlaceParts * minPartBytes
                + (maxParts - 1L - inPlaceParts) * (maxPartBytes - minPartBytes + slabBytes());
    }
}
