package io.intake.processors.stitch;

import io.intake.config.Format;
import io.intake.processors.stitch.StitchCursor.Opened;
import io.intake.processors.stitch.StrictDecoder.BadEncodingException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The part of a file's text in which the present record lies, and what is known of where that is in the file. Grows with the
 * record up to a limit: a quote that is never closed would otherwise pull the rest of the file, whatever its size, into
 * memory. U+001A as the very last character, the end-of-file mark of DOS, which state agencies still ask for, is dropped.
 * Not thread-safe.
 */
final class RecordWindow implements Closeable {
    /** How much of a file's head is looked at, in bytes. */
    static final int HEAD = 1 << 16;

    private static final int SIZE = 1 << 17;
    static final byte END_MARK = 0x1a;

    private final Utf8Source source;
    private final long maxRecord;
    /** Where the first byte lies in the file; {@link Utf8Source#UNKNOWN}. */
    private long before;

    private boolean ended;
    /** The last byte that was read and not dropped; 0 where that is not known. */
    private byte last;

    byte[] bytes = new byte[SIZE];
    /** Where the present record begins. */
    int start;
    /** What comes next. */
    int position;
    /** Where the text that was read ends. */
    int limit;

    /**
     * @param offset where the source's text begins in the file
     * @param maxRecord the longest record, in bytes of UTF-8
     */
    RecordWindow(Utf8Source source, long offset, long maxRecord) {
        this.source = source;
        this.before = offset;
        this.maxRecord = maxRecord;
    }

    /**
     * A file's text.
     *
     * @param in the file's bytes from its start or from where it was left
     * @param charset as declared
     * @param opened where the file was left; null at its start
     * @throws IllegalArgumentException if there is no such charset
     */
    static RecordWindow of(InputStream in, String charset, @Nullable Opened opened, long maxRecord) throws IOException {
        if (opened == null) {
            Utf8Source source = Charsets.open(in, charset);
            return new RecordWindow(source, source.markLength(), maxRecord);
        }
        String shown = Objects.requireNonNullElse(opened.charset(), Format.DETECTED);
        return new RecordWindow(Charsets.resume(in, shown, opened.offset()), opened.offset(), maxRecord);
    }

    /** One record is longer than the limit. */
    static final class RecordTooLongException extends IOException {
        private static final long serialVersionUID = 1L;

        RecordTooLongException(long limit) {
            super("a record has more than " + limit + " bytes");
        }
    }

    /** Whether all of the file has been read. */
    boolean ended() {
        return ended;
    }

    /** Whether what stands at a place is dropped if nothing comes behind it, which has not shown yet. */
    boolean mayEnd(int at) {
        return !ended && at + 1 == limit && bytes[at] == END_MARK;
    }

    /** The longest record, in bytes of UTF-8. */
    long maxRecord() {
        return maxRecord;
    }

    /** Lets go of all that is before the position. */
    void release() {
        start = position;
    }

    /**
     * Reads on, keeping what begins at {@link #start}, which may move.
     *
     * @return false at the end of the file
     */
    boolean fill() throws IOException {
        checkLength(limit);
        return more();
    }

    /** @throws RecordTooLongException if the record, ending at a place, is too long */
    void checkLength(int end) throws IOException {
        if (end - start > maxRecord) {
            throw new RecordTooLongException(maxRecord);
        }
    }

    private boolean more() throws IOException {
        if (ended) {
            return false;
        }
        if (start > 0) {
            compact();
        }
        if (bytes.length - limit < SIZE / 2) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(2L * bytes.length, Integer.MAX_VALUE - 8));
        }
        int count = source.read(bytes, limit, bytes.length - limit);
        if (count < 0) {
            ended = true;
            if (limit > start && bytes[limit - 1] == END_MARK) {
                limit--;
                last = limit > start ? bytes[limit - 1] : 0;
            }
            return false;
        }
        limit += count;
        last = bytes[limit - 1];
        return true;
    }

    private void compact() {
        before = offset(start);
        System.arraycopy(bytes, start, bytes, 0, limit - start);
        position -= start;
        limit -= start;
        start = 0;
    }

    /** Where a place in the window lies in the file, in bytes; {@link Utf8Source#UNKNOWN}. */
    long offset(int at) {
        long length = source.length(bytes, 0, at);
        return before < 0 || length < 0 ? Utf8Source.UNKNOWN : before + length;
    }

    /**
     * The file's head, which will be read all the same. What is wrong with it is thrown when a read gets there, so that the
     * row can be told.
     */
    String head() throws IOException {
        try {
            while (limit < HEAD && more()) {
                // On
            }
        } catch (BadEncodingException later) {
            // The source throws it again
        }
        return new String(bytes, 0, Math.min(limit, HEAD), StandardCharsets.UTF_8);
    }

    /** Whether the last character that was read is known to end a line. */
    boolean endsLine() {
        return last == '\n' || last == '\r';
    }

    /** The charset; null where the file has not shown it yet. */
    @Nullable
    String charset() {
        return source.charset();
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
