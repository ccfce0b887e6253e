package io.intake.processors.stitch;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the rows of one file as JSON objects, one per line: column name to value, in the order in which the table got to
 * know its columns, whatever the file's own order. Thread-safe.
 */
final class NdjsonRow {
    private static final int ABSENT = -1;
    private static final byte[] EMPTY = {'"', '"'};

    /** The file's column to write at each place; -1 where the file lacks it and an empty value is written. */
    private final int[] order;
    /** What stands before each place's value: the name and a colon. */
    private final byte[][] names;
    /** The file's column that is left out where it is empty; -1 for none. */
    private final int leftOutIfEmpty;

    /**
     * @param names of the file's columns, in its order
     * @param known of the table's columns, in its order; holds all of {@code names} that are not empty
     * @param fillIn whether columns that the file lacks are written, as empty
     * @param leftOutIfEmpty a column of the file that is written only where it holds something; -1 for none
     */
    NdjsonRow(List<String> names, List<String> known, boolean fillIn, int leftOutIfEmpty) {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            places.put(names.get(i), i);
        }
        List<String> written = known.stream()
                .filter(name -> fillIn || places.containsKey(name))
                .toList();
        this.order = written.stream()
                .mapToInt(name -> places.getOrDefault(name, ABSENT))
                .toArray();
        this.names = new byte[order.length][];
        for (int i = 0; i < order.length; i++) {
            NdjsonBuffer name = new NdjsonBuffer();
            name.string(written.get(i));
            name.raw(':');
            this.names[i] = name.toByteArray();
        }
        this.leftOutIfEmpty = leftOutIfEmpty;
    }

    /** Appends a row and a line feed. */
    void append(Records fields, NdjsonBuffer target) {
        target.raw('{');
        boolean first = true;
        for (int i = 0; i < order.length; i++) {
            if (order[i] == leftOutIfEmpty && leftOutIfEmpty >= 0 && fields.isEmpty(leftOutIfEmpty)) {
                continue;
            }
            if (!first) {
                target.raw(',');
            }
            first = false;
            target.raw(names[i]);
            if (order[i] == ABSENT) {
                target.raw(EMPTY);
            } else {
                fields.write(order[i], target);
            }
        }
        target.raw('}');
        target.raw('\n');
    }
}
