package io.intake.processors.stitch;

/**
 * Counts records that are all alike, 64 bytes at a time: in bits, one for each byte, fields and records are counted without
 * being cut. Stops before the first record that is not beyond doubt: one with another number of fields, or with a quote
 * that neither begins a field, ends one nor is doubled. Not thread-safe.
 */
final class RegularRows {
    private static final int LAST = BytePlanes.BLOCK - 1;
    /** Quotes count as about for up to sixteen blocks. */
    private static final int FORGOTTEN = 4;

    private final BytePlanes planes;
    private final int comment;
    private final long maxRecord;

    private byte[] bytes = {};
    private int fields;
    private int rows;
    /** Where the present record begins. */
    private int line;
    /** Where the one before it began. */
    private int previous;

    /** Delimiters of the present record before the block. */
    private int seen;

    /**
     * @param delimiter ASCII
     * @param quote one byte, ASCII; empty where quotes are data
     * @param comment the first byte of comments; one that is no byte where there are none
     */
    RegularRows(byte delimiter, byte[] quote, int comment, long maxRecord) {
        this.planes = new BytePlanes(quote.length == 1 ? quote[0] : BytePlanes.NONE, delimiter);
        this.comment = comment;
        this.maxRecord = maxRecord;
    }

    /**
     * Counts whole records, the last of those found not included.
     *
     * @param from where a record begins
     * @param number of fields that each must have
     */
    int count(byte[] text, int from, int to, int number) {
        bytes = text;
        fields = number;
        rows = 0;
        line = from;
        previous = from;
        seen = 0;
        blocks(from, to);
        return Math.max(0, rows - 1);
    }

    /** Where the record begins that comes behind those counted. */
    int end() {
        return previous;
    }

    private void blocks(int from, int to) {
        // All bits where the block begins inside quotes
        long inside = 0;
        // Its lowest bit: whether the byte before is a closing quote; whether it is that or a separator
        long closed = 0;
        long mayOpen = 1;
        long recent = 0;
        for (int at = from; to - at >= BytePlanes.BLOCK; at += BytePlanes.BLOCK) {
            planes.load(bytes, at);
            // Not whether this block has quotes: that cannot be foretold, and a branch that goes wrong costs more
            // than they do. One that the last block ended with is still remembered
            recent = (recent >>> FORGOTTEN) | planes.quotes() | inside;
            if (recent == 0) {
                mayOpen = (planes.delimiters() | planes.lineEnds()) >>> LAST;
                if (!plain(at)) {
                    return;
                }
                continue;
            }
            long quote = BytePlanes.inOrder(planes.quotes());
            long within = parity(quote) ^ inside;
            long opening = quote & within;
            long closing = quote & ~within;
            long delimiter = BytePlanes.inOrder(planes.delimiters()) & ~within;
            long lineEnd = planes.lineEnds() == 0 ? 0 : BytePlanes.inOrder(planes.lineEnds()) & ~within;
            long separator = delimiter | lineEnd;
            long mayOpenHere = ((separator | closing) << 1) | mayOpen;
            long behindClosing = (closing << 1) | closed;
            long doubtful = (opening & ~mayOpenHere) | (behindClosing & ~(separator | opening));
            // What comes before the first doubt may still be counted
            long sure = (doubtful & -doubtful) - 1;
            if (!lines(at, delimiter & sure, lineEnd & sure) || doubtful != 0) {
                return;
            }
            mayOpen = (separator | closing) >>> LAST;
            closed = closing >>> LAST;
            inside = within >> LAST;
        }
    }

    /** Counts the records that end in a block without quotes; false at one that is not as the others. */
    private boolean plain(int at) {
        long delimiter = planes.delimiters();
        long lineEnd = planes.lineEnds();
        if (lineEnd == 0) {
            seen += Long.bitCount(delimiter);
            return true;
        }
        return lines(at, BytePlanes.inOrder(delimiter), BytePlanes.inOrder(lineEnd));
    }

    /** Counts the records that end in a block; false at one that is not as the others. */
    private boolean lines(int at, long delimiter, long lineEnd) {
        long ends = lineEnd;
        long rest = delimiter;
        while (ends != 0) {
            int bit = Long.numberOfTrailingZeros(ends);
            long before = (1L << bit) - 1;
            int end = at + bit;
            if (end > line) {
                int count = seen + Long.bitCount(rest & before) + 1;
                if (count != fields || end - line > maxRecord || bytes[line] == comment) {
                    return false;
                }
                rows++;
                previous = line;
            }
            seen = 0;
            rest &= ~before;
            line = end + 1;
            ends &= ends - 1;
        }
        seen += Long.bitCount(rest);
        return true;
    }

    /** For each bit, whether it and those before it are odd in number. */
    private static long parity(long bits) {
        long odd = bits;
        odd ^= odd << 1;
        odd ^= odd << 2;
        odd ^= odd << 4;
        odd ^= odd << 8;
        odd ^= odd << 16;
        odd ^= odd << 32;
        return odd;
    }
}
