package io.intake.processors.stitch;

/**
 * Counts records that are all alike, 64 bytes at a time: in bits, one for each byte, fields and records are counted without
 * being cut. Stops before the first record that is not beyond doubt: one with another number of fields, or with a quote
 * that neither begins a field, ends one nor is doubled. Not thread-safe.
 */
final class RegularRows {
    private static final int BLOCK = Long.SIZE;
    /** Moves the high bits of eight bytes into the highest byte. */
    private static final long GATHER = 0x0102_0408_1020_4080L;

    private static final long LINE_FEEDS = Words.repeat('\n');
    private static final long CARRIAGE_RETURNS = Words.repeat('\r');

    private final long delimiters;
    private final long quotes;
    private final int comment;
    private final long maxRecord;

    private long quoteBits;
    private long delimiterBits;
    private long lineEndBits;
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
     * @param quote of one byte; empty where quotes are data
     * @param comment the first byte of comments; one that is no byte where there are none
     */
    RegularRows(byte delimiter, byte[] quote, int comment, long maxRecord) {
        this.delimiters = Words.repeat(delimiter);
        // No byte of UTF-8 is 0xff
        this.quotes = Words.repeat(quote.length == 1 ? quote[0] : 0xff);
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
        long inside = 0;
        boolean mayOpen = true;
        boolean closed = false;
        for (int at = from; to - at >= BLOCK; at += BLOCK) {
            load(at);
            long quote = quoteBits;
            long delimiter = delimiterBits;
            long lineEnd = lineEndBits;
            if (quote != 0 || inside != 0 || closed) {
                long within = parity(quote) ^ inside;
                long opening = quote & within;
                long closing = quote & ~within;
                delimiter &= ~within;
                lineEnd &= ~within;
                long separator = delimiter | lineEnd;
                long mayOpenHere = ((separator | closing) << 1) | (mayOpen ? 1 : 0);
                long behindClosing = (closing << 1) | (closed ? 1 : 0);
                long doubtful = (opening & ~mayOpenHere) | (behindClosing & ~(separator | opening));
                inside = within >> (BLOCK - 1);
                closed = closing < 0;
                if (doubtful != 0) {
                    // What comes before it may still be counted
                    long sure = (doubtful & -doubtful) - 1;
                    lines(at, delimiter & sure, lineEnd & sure);
                    return;
                }
            }
            mayOpen = (delimiter | lineEnd) < 0 || closed;
            if (!lines(at, delimiter, lineEnd)) {
                return;
            }
        }
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

    /** Finds the quotes, delimiters and line ends of a block. */
    private void load(int at) {
        long quote = 0;
        long delimiter = 0;
        long lineEnd = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            long word = Words.at(bytes, at + i * Long.BYTES);
            int shift = i * Long.BYTES;
            if ((word & Words.HIGH) == 0) {
                quote |= gather(Words.equalInAscii(word, quotes)) << shift;
                delimiter |= gather(Words.equalInAscii(word, delimiters)) << shift;
                // Most words have no control character at all
                if (Words.belowInAscii(word, '\r' + 1) != 0) {
                    lineEnd |= gather(Words.equal(word, LINE_FEEDS) | Words.equal(word, CARRIAGE_RETURNS)) << shift;
                }
            } else {
                quote |= gather(Words.equal(word, quotes)) << shift;
                delimiter |= gather(Words.equal(word, delimiters)) << shift;
                lineEnd |= gather(Words.equal(word, LINE_FEEDS) | Words.equal(word, CARRIAGE_RETURNS)) << shift;
            }
        }
        quoteBits = quote;
        delimiterBits = delimiter;
        lineEndBits = lineEnd;
    }

    private static long gather(long marks) {
        return ((marks >>> 7) * GATHER) >>> 56;
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
