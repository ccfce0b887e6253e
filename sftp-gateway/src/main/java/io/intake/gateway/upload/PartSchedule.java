package io.intake.gateway.upload;

/**
 * How large the parts of an upload become: {@code first} bytes, then twice as large again and again while they are made in
 * place, never more than {@code largest}, which those of segments are from the start. So small uploads take little memory,
 * and large ones few parts. Pure.
 *
 * @param first in bytes, a whole number of slabs
 * @param largest in bytes, {@code first} times a power of two
 * @param limits of the store
 */
public record PartSchedule(long first, long largest, PartLimits limits) {
    /** Sizes that parts in place go through, where memory allows. */
    private static final int STEPS = 8;

    public PartSchedule {
        if (first < limits.minPartBytes() || first % limits.slabBytes() != 0) {
            throw new IllegalArgumentException(
                    "the first part is at least 5 MiB and a whole number of slabs: " + first);
        }
        if (largest < first || largest > limits.maxPartBytes()) {
            throw new IllegalArgumentException("the largest part is between the first and 5 GiB: " + largest);
        }
    }

    /** With the limits of Amazon S3. */
    public PartSchedule(long first, long largest) {
        this(first, largest, PartLimits.S3);
    }

    /** The schedule for a budget: 8 MiB at first, at most a quarter of the memory. */
    public static PartSchedule forMemory(long memoryBytes) {
        long first = 8L << 20;
        long largest = first;
        while (largest * 2 <= memoryBytes / 4 && largest * 2 <= PartLimits.S3.maxPartBytes()) {
            largest *= 2;
        }
        return new PartSchedule(first, largest);
    }

    /**
     * The size of a part that is not the last, in bytes.
     *
     * @param number from 1; one behind those in place is a segment's
     */
    public long partSize(int number) {
        if (number > limits.inPlaceParts()) {
            return largest;
        }
        int step = Math.max(1, limits.inPlaceParts() / STEPS);
        long size = first;
        for (int doublings = (number - 1) / step; doublings > 0 && size < largest; doublings--) {
            size *= 2;
        }
        return Math.min(size, largest);
    }

    /** The next part of a segment that holds so many bytes and is not full, in bytes. */
    long segmentPart(long segmentBytes) {
        return Math.min(largest, limits.maxPartBytes() - segmentBytes);
    }

    /** The largest file that full parts in place hold, in bytes. A larger one takes segments. */
    public long inPlaceCapacity() {
        long capacity = 0;
        for (int number = 1; number <= limits.inPlaceParts(); number++) {
            capacity += partSize(number);
        }
        return capacity;
    }

    /** The largest file, in bytes, if memory was never short. The last number is for what is left at the end. */
    public long capacity() {
        return inPlaceCapacity() + (limits.maxParts() - 1L - limits.inPlaceParts()) * limits.maxPartBytes();
    }
}
