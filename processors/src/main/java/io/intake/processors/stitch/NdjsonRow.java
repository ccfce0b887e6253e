package io.intake.processors.stitch;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Writes the rows of one file as JSON objects, one per line: column name to value, in the order in which the table got to
 * know its columns, whatever the file's own order. Thread-safe.
 */
final class NdjsonRow {
    /** The file's column to write at each place. */
    private final int[] order;
    /** What stands before each place's value: the name and a colon. */
    private final byte[][] names;
    /** The file's column that is left out where it is empty; -1 for none. */
    private final int leftOutIfEmpty;

    /**
     * @param names of the file's columns, in its order
     * @param known of the table's columns, in its order; holds all of {@code names}
     * @param leftOutIfEmpty a column of the file that is written only where it holds something; -1 for none
     */
    NdjsonRow(List<String> names, List<String> known, int leftOutIfEmpty) {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            places.put(names.get(i), i);
        }
        this.order =
                known.stream().filter(places::containsKey).mapToInt(places::get).toArray();
        this.names = new byte[order.length][];
        for (int i = 0; i < order.length; i++) {
            NdjsonBuffer name = new NdjsonBuffer();
            name.string(names.get(order[i]));
            name.raw(':');
            this.names[i] = name.toByteArray();
        }
        this.leftOutIfEmpty = leftOutIfEmpty;
    }

    /** Appends a row and a line feed. */
    void append(IntFunction<String> fields, NdjsonBuffer target) {
        target.raw('{');
        boolean first = true;
        for (int i = 0; i < order.length; i++) {
            String value = fields.apply(order[i]);
            if (order[i] == leftOutIfEmpty && value.isEmpty()) {
                continue;
            }
            if (!first) {
                target.raw(',');
            }
            first = false;
            target.raw(names[i]);
            target.string(value);
        }
        target.raw('}');
        target.raw('\n');
    }
}
