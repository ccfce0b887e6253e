package io.intake.processors.stitch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts records by looking for delimiters, quotes and line ends eight bytes at a time, without making text of them: in UTF-8
 * no byte of another character is taken for one of these. The engine of all dialects without an escape character. Not
 * thread-safe.
 */
final class ByteRecords extends LineRecords {
    private static final int UNFINISHED = -1;
    private static final byte[] NOTHING = {};

    private final byte[] delimiter;
    private final byte[] quote;
    private final long delimiters;
    private final long quotes;
    /** Where each field begins, counted from the record. */
    private int[] starts = new int[64];
    /** Where it ends; less than 0 (the complement) where quotes in it are doubled. */
    private int[] ends = new int[64];

    private int fields;
    /** Null where delimiters or quotes have several bytes. */
    private final @Nullable RegularRows regular;

    /**
     * @param delimiter null where a line is one field
     * @param quote null where quotes are data
     */
    ByteRecords(RecordWindow window, @Nullable String delimiter, @Nullable String quote, @Nullable String comment) {
        super(window, comment);
        this.delimiter = delimiter == null ? NOTHING : delimiter.getBytes(StandardCharsets.UTF_8);
        this.quote = quote == null ? NOTHING : quote.getBytes(StandardCharsets.UTF_8);
        // Without a delimiter, the line end stands in: it is looked for all the same
        this.delimiters = Words.repeat(delimiter == null ? '\n' : this.delimiter[0]);
        this.quotes = quote == null ? 0 : Words.repeat(this.quote[0]);
        this.regular = this.delimiter.length == 1 && this.quote.length <= 1
                ? new RegularRows(this.delimiter[0], this.quote, firstOfComment(), window.maxRecord())
                : null;
    }

    @Override
    public long skip(int number) {
        RegularRows rows = regular;
        if (rows == null) {
            return 0;
        }
        int count = rows.count(window.bytes, window.position, window.limit, number);
        if (count > 0) {
            skipped(rows.end());
        }
        return count;
    }

    @Override
    boolean cut() throws IOException {
        int at = window.start;
        fields = 0;
        while (true) {
            if (fields == starts.length) {
                starts = Arrays.copyOf(starts, 2 * fields);
                ends = Arrays.copyOf(ends, 2 * fields);
            }
            at = quote.length > 0 && quoteAt(at) ? quoted(at) : plain(at);
            if (at == UNFINISHED) {
                return false;
            }
            fields++;
            if (at == window.limit || isLineEnd(window.bytes[at])) {
                return ends(at);
            }
            at += delimiter.length;
        }
    }

    private static boolean isLineEnd(byte value) {
        return value == '\n' || value == '\r';
    }

    private boolean quoteAt(int at) {
        return at < window.limit && window.bytes[at] == quote[0] && startsWith(quote, at);
    }

    private boolean delimiterAt(int at) {
        return delimiter.length > 0 && window.bytes[at] == delimiter[0] && startsWith(delimiter, at);
    }

    /** Takes a field without quotes; returns where what ends it stands. */
    private int plain(int from) {
        int at = from;
        while (true) {
            at = special(at);
            if (at == window.limit) {
                if (!window.ended()) {
                    return UNFINISHED;
                }
                break;
            }
            if (isLineEnd(window.bytes[at]) || delimiter.length == 1) {
                break;
            }
            if (startsWith(delimiter, at)) {
                break;
            }
            if (window.limit - at < delimiter.length && !window.ended()) {
                return UNFINISHED;
            }
            at++;
        }
        starts[fields] = from - window.start;
        ends[fields] = at - window.start;
        return at;
    }

    /** The next place where a delimiter may begin or a line ends; the limit if there is none. */
    private int special(int from) {
        byte[] bytes = window.bytes;
        int limit = window.limit;
        int at = from;
        while (limit - at >= Long.BYTES) {
            long word = Words.at(bytes, at);
            long marks =
                    Words.equal(word, delimiters) | Words.equal(word, LINE_FEEDS) | Words.equal(word, CARRIAGE_RETURNS);
            if (marks != 0) {
                return at + Words.first(marks);
            }
            at += Long.BYTES;
        }
        byte first = (byte) delimiters;
        while (at < limit && bytes[at] != first && !isLineEnd(bytes[at])) {
            at++;
        }
        return at;
    }

    private static final long LINE_FEEDS = Words.repeat('\n');
    private static final long CARRIAGE_RETURNS = Words.repeat('\r');

    /** Takes a field in quotes; returns where what ends it stands. */
    private int quoted(int opening) throws IOException {
        boolean doubled = false;
        int from = opening + quote.length;
        int at = from;
        while (true) {
            at = quoteFrom(at);
            if (at == UNFINISHED) {
                return UNFINISHED;
            }
            int behind = at + quote.length;
            if (!quoteAt(behind)) {
                if (window.limit - behind < quote.length && !window.ended()) {
                    return UNFINISHED;
                }
                break;
            }
            doubled = true;
            at = behind + quote.length;
        }
        starts[fields] = from - window.start;
        ends[fields] = doubled ? ~(at - window.start) : at - window.start;
        return behindQuote(at + quote.length);
    }

    /** The next quote. */
    private int quoteFrom(int from) throws IOException {
        byte[] bytes = window.bytes;
        int limit = window.limit;
        int at = from;
        while (true) {
            while (limit - at >= Long.BYTES) {
                long marks = Words.equal(Words.at(bytes, at), quotes);
                if (marks != 0) {
                    at += Words.first(marks);
                    break;
                }
                at += Long.BYTES;
            }
            while (at < limit && bytes[at] != quote[0]) {
                at++;
            }
            if (limit - at < quote.length) {
                if (window.ended()) {
                    throw new BadQuotesException();
                }
                return UNFINISHED;
            }
            if (startsWith(quote, at)) {
                return at;
            }
            at++;
        }
    }

    /** Blanks behind a closing quote are no text, as commons-csv has it. */
    private int behindQuote(int from) throws IOException {
        int at = from;
        while (at < window.limit) {
            byte next = window.bytes[at];
            if (isLineEnd(next) || delimiterAt(at)) {
                return at;
            }
            if (delimiter.length > 1
                    && next == delimiter[0]
                    && window.limit - at < delimiter.length
                    && !window.ended()) {
                return UNFINISHED;
            }
            if (window.mayEnd(at)) {
                return UNFINISHED;
            }
            if (!Character.isWhitespace(next)) {
                throw new BadQuotesException();
            }
            at++;
        }
        return window.ended() ? at : UNFINISHED;
    }

    @Override
    public int size() {
        return fields;
    }

    @Override
    public boolean isEmpty(int field) {
        return ends[field] == starts[field];
    }

    @Override
    public String text(int field) {
        int end = ends[field];
        int from = window.start + starts[field];
        if (end >= 0) {
            return new String(window.bytes, from, end - starts[field], StandardCharsets.UTF_8);
        }
        byte[] single = single(field);
        return new String(single, StandardCharsets.UTF_8);
    }

    @Override
    public void write(int field, NdjsonBuffer target) {
        int end = ends[field];
        if (end >= 0) {
            target.string(window.bytes, window.start + starts[field], window.start + end);
        } else {
            byte[] single = single(field);
            target.string(single, 0, single.length);
        }
    }

    /** A field with one quote in place of each two. */
    private byte[] single(int field) {
        int end = window.start + ~ends[field];
        byte[] single = new byte[~ends[field] - starts[field]];
        int size = 0;
        for (int at = window.start + starts[field]; at < end; at++) {
            single[size++] = window.bytes[at];
            if (window.bytes[at] == quote[0] && startsWith(quote, at)) {
                System.arraycopy(quote, 1, single, size, quote.length - 1);
                size += quote.length - 1;
                at += 2 * quote.length - 1;
            }
        }
        return Arrays.copyOf(single, size);
    }
}
