package io.intake.gateway.upload;

import io.intake.store.ObjectStore;

/**
 * How large the parts of an upload become: {@code first} bytes for the first 1,000 parts, then twice as large every 1,000
 * parts, never more than {@code largest}. So small uploads take little memory, and 10,000 parts of a large one hold as much
 * as memory allows. Pure.
 *
 * @param first in bytes, a whole number of slabs
 * @param largest in bytes, {@code first} times a power of two
 */
public record PartSchedule(long first, long largest) {
    /** Parts of one size. */
    static final int STEP = 1_000;

    public PartSchedule {
        if (first < ObjectStore.Limits.MIN_PART_BYTES || first % MemoryBudget.SLAB_BYTES != 0) {
            throw new IllegalArgumentException(
                    "the first part is at least 5 MiB and a whole number of slabs: " + first);
        }
        if (largest < first || largest > ObjectStore.Limits.MAX_PART_BYTES) {
            throw new IllegalArgumentException("the largest part is between the first and 5 GiB: " + largest);
        }
    }

    /** The schedule for a budget: 8 MiB at first, at most a quarter of the memory. */
    public static PartSchedule forMemory(long memoryBytes) {
        long first = 8L << 20;
        long largest = first;
        while (largest * 2 <= memoryBytes / 4 && largest * 2 <= ObjectStore.Limits.MAX_PART_BYTES) {
            largest *= 2;
        }
        return new PartSchedule(first, largest);
    }

    /**
     * The size of a part that is not the last, in bytes.
     *
     * @param number from 1
     */
    public long partSize(int number) {
        long size = first;
        for (int step = (number - 1) / STEP; step > 0 && size < largest; step--) {
            size *= 2;
        }
        return Math.min(size, largest);
    }

    /** The largest file, in bytes, that full parts hold. */
    public long capacity() {
        long capacity = 0;
        for (int number = 1; number <= ObjectStore.Limits.MAX_PARTS; number++) {
            capacity += partSize(number);
        }
        return capacity;
    }
}
