package io.intake.processors.stitch;

/**
 * Counts records that are all alike, 64 bytes at a time: in bits, one for each byte, fields and records are counted without
 * being cut. Stops before the first record that is not beyond doubt: one with another number of fields, or with a quote
 * that neither begins a field, ends one nor is doubled. Not thread-safe.
 */
final class RegularRows {
    private static final int BLOCK = Long.SIZE;
    /** Line ends are below it; of what else is, tables have little. */
    private static final int FIRST_PRINTED = '\r' + 1;

    /** After so many blocks without quotes, none is expected. */
    private static final int PLAIN = 8;

    private final long delimiters;
    private final boolean quoted;
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

    private int withoutQuotes = PLAIN;
    /** Delimiters of the present record before the block. */
    private int seen;

    /**
     * @param delimiter ASCII
     * @param quote one byte, ASCII; empty where quotes are data
     * @param comment the first byte of comments; one that is no byte where there are none
     */
    RegularRows(byte delimiter, byte[] quote, int comment, long maxRecord) {
        this.delimiters = Words.repeat(delimiter);
        this.quoted = quote.length == 1;
        this.quotes = Words.repeat(quoted ? quote[0] : 0);
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
        if (withoutQuotes < PLAIN || !loadPlain(at)) {
            loadQuoted(at);
        }
        withoutQuotes = quoteBits == 0 ? withoutQuotes + 1 : 0;
    }

    /** Where no quotes are expected, it is enough to find that there are none; false if there may be some. */
    private boolean loadPlain(int at) {
        long high = 0;
        long noQuote = Words.HIGH;
        long noControl = 0;
        long noDelimiter = 0;
        for (int i = at; i < at + BLOCK; i += Long.BYTES) {
            long word = Words.at(bytes, i);
            long low = word & Words.LOW;
            high = (high >>> 1) | (word & Words.HIGH);
            noQuote &= Words.unlike(low, quotes);
            noControl = (noControl >>> 1) | (Words.notBelow(low, FIRST_PRINTED) & Words.HIGH);
            noDelimiter = (noDelimiter >>> 1) | (Words.unlike(low, delimiters) & Words.HIGH);
        }
        if (quoted && noQuote != Words.HIGH) {
            return false;
        }
        quoteBits = 0;
        delimiterBits = inOrder(~(noDelimiter | high));
        lineEndBits = lineEnds(at, ~(noControl | high));
        return true;
    }

    private void loadQuoted(int at) {
        long high = 0;
        long noQuote = 0;
        long noControl = 0;
        long noDelimiter = 0;
        for (int i = at; i < at + BLOCK; i += Long.BYTES) {
            long word = Words.at(bytes, i);
            long low = word & Words.LOW;
            high = (high >>> 1) | (word & Words.HIGH);
            noQuote = (noQuote >>> 1) | (Words.unlike(low, quotes) & Words.HIGH);
            noControl = (noControl >>> 1) | (Words.notBelow(low, FIRST_PRINTED) & Words.HIGH);
            noDelimiter = (noDelimiter >>> 1) | (Words.unlike(low, delimiters) & Words.HIGH);
        }
        quoteBits = inOrder(~(noQuote | high));
        delimiterBits = inOrder(~(noDelimiter | high));
        lineEndBits = lineEnds(at, ~(noControl | high));
    }

    /** Of the few control characters that a block has, those that end lines. */
    private long lineEnds(int at, long controls) {
        long ends = 0;
        if (controls != 0) {
            for (long rest = inOrder(controls); rest != 0; rest &= rest - 1) {
                byte control = bytes[at + Long.numberOfTrailingZeros(rest)];
                if (control == '\n' || control == '\r') {
                    ends |= rest & -rest;
                }
            }
        }
        return ends;
    }

    /**
     * Eight words' marks, each of which was moved down by one bit for each word behind it, as one bit for each byte in the order
     * of the bytes: eight bytes of eight bits, transposed (Warren, Hacker's Delight, 7-3).
     */
    private static long inOrder(long marks) {
        long bits = marks;
        long swapped = (bits ^ (bits >>> 7)) & 0x00AA_00AA_00AA_00AAL;
        bits ^= swapped ^ (swapped << 7);
        swapped = (bits ^ (bits >>> 14)) & 0x0000_CCCC_0000_CCCCL;
        bits ^= swapped ^ (swapped << 14);
        swapped = (bits ^ (bits >>> 28)) & 0x0000_0000_F0F0_F0F0L;
        return bits ^ swapped ^ (swapped << 28);
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
