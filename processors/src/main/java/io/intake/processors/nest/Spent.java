package io.intake.processors.nest;

import io.intake.config.ArchiveLimits;
import io.intake.processors.job.RefusedException;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the archives of a tree hold, as far as they are planned; kept at {@code jobs/{job}/nested/spent.json} and changed by
 * compare-and-swap. The limits of a feed are for all of them together. Immutable and pure.
 *
 * @param nodes by number
 */
record Spent(SortedMap<Integer, Size> nodes) {
    static final Spent NOTHING = new Spent(new TreeMap<>());

    /** So much may grow as it likes: short runs of zeros are no bomb. */
    private static final long HARMLESS_BYTES = 64L << 20;

    Spent {
        nodes = new TreeMap<>(nodes);
    }

    /** Of one archive: its entries, junk too, and their bytes. */
    record Size(long entries, long bytes) {}

    Spent with(int node, Size size) {
        SortedMap<Integer, Size> more = new TreeMap<>(nodes);
        more.put(node, size);
        return new Spent(more);
    }

    long entries() {
        return nodes.values().stream().mapToLong(Size::entries).sum();
    }

    long bytes() {
        return nodes.values().stream().mapToLong(Size::bytes).sum();
    }

    /** What one more archive may hold; at least one entry and one byte, so that it is refused by what it has. */
    ArchiveLimits left(ArchiveLimits limits) {
        return new ArchiveLimits(
                (int) Math.max(1, limits.entries() - entries()),
                Math.max(1, limits.bytes() - bytes()),
                limits.ratio(),
                limits.nesting());
    }

    /** Without one archive: for itself. */
    Spent without(int node) {
        SortedMap<Integer, Size> others = new TreeMap<>(nodes);
        others.remove(node);
        return new Spent(others);
    }

    /**
     * Checks all of it.
     *
     * @param uploaded the size of the upload
     * @throws RefusedException if it is more than the feed allows
     */
    void check(long uploaded, ArchiveLimits limits) {
        if (entries() > limits.entries()) {
            throw NestFailures.tooManyEntries(limits);
        }
        if (bytes() > limits.bytes()) {
            throw NestFailures.tooLarge(limits);
        }
        if (bytes() > HARMLESS_BYTES && bytes() / limits.ratio() > uploaded) {
            throw NestFailures.suspicious(limits);
        }
    }
}
