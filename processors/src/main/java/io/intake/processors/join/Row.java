package io.intake.processors.join;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A row on its way through a join. Between steps it is kept as a line {@code ORDINAL,COUNT,COUNT... JSON}.
 *
 * @param ordinal its place in its table; orders the table's rows
 * @param below how many rows of each table below its own are nested in it, in the order of the tree
 * @param json the object, without the line's end
 */
record Row(long ordinal, long[] below, byte[] json) {
    private static final long[] NOTHING = {};

    /** Reads the kept form. */
    static Row parse(byte[] line) {
        int numbers = 0;
        int end = 0;
        for (; line[end] != ' '; end++) {
            numbers += line[end] == ',' ? 1 : 0;
        }
        long[] below = numbers == 0 ? NOTHING : new long[numbers];
        long ordinal = 0;
        long number = 0;
        int place = -1;
        for (int i = 0; i <= end; i++) {
            if (line[i] >= '0') {
                number = number * 10 + line[i] - '0';
            } else {
                if (place < 0) {
                    ordinal = number;
                } else {
                    below[place] = number;
                }
                place++;
                number = 0;
            }
        }
        return new Row(ordinal, below, Arrays.copyOfRange(line, end + 1, line.length));
    }

    /** The ordinal of a row in the kept form. */
    static long ordinal(byte[] line) {
        long ordinal = 0;
        for (int i = 0; line[i] >= '0' && line[i] <= '9'; i++) {
            ordinal = ordinal * 10 + line[i] - '0';
        }
        return ordinal;
    }

    /** Where the object begins in a row's kept form. */
    static int prefixLength(byte[] line) {
        int at = 0;
        while (line[at] != ' ') {
            at++;
        }
        return at + 1;
    }

    /** A row as it was stitched: nothing is nested in it. */
    static Row stitched(long ordinal, int tablesBelow, byte[] json) {
        return new Row(ordinal, tablesBelow == 0 ? NOTHING : new long[tablesBelow], json);
    }

    /** What stands before the object in the kept form. */
    byte[] prefix() {
        StringBuilder prefix = new StringBuilder(Long.toString(ordinal));
        for (long count : below) {
            prefix.append(',').append(count);
        }
        return prefix.append(' ').toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** What it costs to hold. */
    long cost() {
        return json.length + (long) JoinLimits.ROW_BYTES;
    }
}
