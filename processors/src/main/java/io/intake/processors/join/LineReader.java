package io.intake.processors.join;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads lines that end with a line feed. Holds one line and a fixed buffer. Not thread-safe. */
final class LineReader implements AutoCloseable {
    private final InputStream in;
    private final int longest;
    private final byte[] buffer = new byte[1 << 16];
    private int at;
    private int end;
    private byte[] line = new byte[1 << 10];
    private int size;
    private long offset;

    /**
     * @param offset of the stream's first byte in its object
     * @param longest line that is read
     */
    LineReader(InputStream in, long offset, int longest) {
        this.in = in;
        this.offset = offset;
        this.longest = longest;
    }

    /** Where the next line begins. */
    long offset() {
        return offset;
    }

    /**
     * The next line without its end; null at the end of the stream.
     *
     * @throws io.intake.processors.job.RefusedException if it is longer than allowed
     */
    byte @Nullable [] next() {
        size = 0;
        while (fill()) {
            int from = at;
            while (at < end && buffer[at] != '\n') {
                at++;
            }
            if (at < end && size == 0 && at - from <= longest) {
                at++;
                offset += at - from;
                return Arrays.copyOfRange(buffer, from, at - 1);
            }
            take(from, at);
            if (at < end) {
                at++;
                offset += size + 1L;
                return Arrays.copyOf(line, size);
            }
        }
        if (size > 0) {
            throw new IllegalStateException("an object of rows ends within a row");
        }
        return null;
    }

    private boolean fill() {
        if (at == end) {
            try {
                at = 0;
                end = Math.max(0, in.read(buffer));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return at < end;
    }

    private void take(int from, int to) {
        int length = to - from;
        if (length > longest - size) {
            throw JoinFailures.recordTooLarge(longest);
        }
        if (line.length - size < length) {
            line = Arrays.copyOf(line, Math.max(size + length, Math.min(longest, line.length * 2)));
        }
        System.arraycopy(buffer, from, line, size, length);
        size += length;
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
