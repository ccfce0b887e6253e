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

    /** Reads the kept form. */
    static Row parse(byte[] line) {
        int end = 0;
        while (line[end] != ' ') {
            end++;
        }
        String[] numbers = new String(line, 0, end, StandardCharsets.US_ASCII).split(",", -1);
        long[] below = new long[numbers.length - 1];
        for (int i = 0; i < below.length; i++) {
            below[i] = Long.parseLong(numbers[i + 1]);
        }
        return new Row(Long.parseLong(numbers[0]), below, Arrays.copyOfRange(line, end + 1, line.length));
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
