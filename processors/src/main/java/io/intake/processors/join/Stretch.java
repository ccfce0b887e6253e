package io.intake.processors.join;

import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A partition of tables that are sorted: the rows whose keys lie between two, and where in each table these may be.
 *
 * @param order of the rows
 * @param from the least key; null for the first partition
 * @param to the least key of the next one; null for the last
 * @param spans by table
 */
record Stretch(KeyOrder order, byte @Nullable [] from, byte @Nullable [] to, SortedMap<Integer, Span> spans) {
    Stretch {
        spans = new TreeMap<>(spans);
    }

    /**
     * Places in a table, counted over all its pieces.
     *
     * @param begin where to begin reading
     * @param sure from here on, no row's key is too small
     * @param unsure up to here, no row's key is too large
     * @param end where to end reading
     */
    record Span(long begin, long sure, long unsure, long end) {}

    Span span(int node) {
        return spans.getOrDefault(node, new Span(0, 0, 0, 0));
    }

    /** Whether a key lies before the partition. */
    boolean before(byte[] key) {
        return from != null && order.compare(key, from) < 0;
    }

    /** Whether a key lies behind it. */
    boolean behind(byte[] key) {
        return to != null && order.compare(key, to) >= 0;
    }
}
