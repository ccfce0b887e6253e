package io.intake.processors.stitch;

import io.intake.processors.stitch.StrictDecoder.BadEncodingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What all engines have in common: how the next record is looked for, and where it lies. Not thread-safe. */
abstract class LineRecords implements Records {
    final RecordWindow window;
    private final byte @Nullable [] comment;
    /** Where the record ends, counted from its beginning. */
    int length;

    /** @param comment what lines begin with that are left out; null where there are none */
    LineRecords(RecordWindow window, @Nullable String comment) {
        this.window = window;
        this.comment = comment == null ? null : comment.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean next() throws IOException {
        window.release();
        if (!seek(true)) {
            return false;
        }
        while (!cut()) {
            readOn();
        }
        window.checkLength(window.start + length);
        return true;
    }

    /**
     * Reads as much again as there is of the record: it will be cut from its beginning once more, and a long one that arrives
     * in small pieces must not be so after each of them.
     */
    private void readOn() throws IOException {
        long enough = Math.min(2L * (window.limit - window.start), window.maxRecord());
        window.fill();
        try {
            while (window.limit - window.start < enough && window.fill()) {
                // On
            }
        } catch (BadEncodingException later) {
            // The source throws it again, if the record does not end before it
        }
    }

    @Override
    public boolean more() throws IOException {
        return seek(false);
    }

    /**
     * Cuts the record that begins at the window's start, and puts the window's position behind it.
     *
     * @return false if its end has not been read yet
     */
    abstract boolean cut() throws IOException;

    /** Goes to where the next record begins. */
    private boolean seek(boolean release) throws IOException {
        while (true) {
            if (window.position == window.limit) {
                if (release) {
                    window.release();
                }
                if (!window.fill() && window.position == window.limit) {
                    return false;
                }
                continue;
            }
            byte next = window.bytes[window.position];
            if (next == '\n' || next == '\r') {
                window.position++;
            } else if (window.mayEnd(window.position)) {
                window.fill();
            } else if (comment != null && next == comment[0] && isComment(comment)) {
                skipLine(release);
            } else {
                if (release) {
                    window.release();
                }
                return true;
            }
        }
    }

    private boolean isComment(byte[] prefix) throws IOException {
        while (window.limit - window.position < prefix.length && window.fill()) {
            // On
        }
        return startsWith(prefix, window.position);
    }

    private void skipLine(boolean release) throws IOException {
        while (true) {
            while (window.position < window.limit) {
                byte next = window.bytes[window.position];
                if (next == '\n' || next == '\r') {
                    return;
                }
                window.position++;
            }
            if (release) {
                window.release();
            }
            if (!window.fill()) {
                return;
            }
        }
    }

    /** The first byte of comments; one that is none where there are none. */
    final int firstOfComment() {
        return comment == null ? Integer.MIN_VALUE : comment[0];
    }

    /** Goes to a place where a record begins: there is no present one. */
    final void skipped(int to) {
        window.position = to;
        window.release();
        length = -1;
    }

    /** Whether something stands at a place, as far as it has been read. */
    final boolean startsWith(byte[] what, int at) {
        if (window.limit - at < what.length) {
            return false;
        }
        for (int i = 0; i < what.length; i++) {
            if (window.bytes[at + i] != what[i]) {
                return false;
            }
        }
        return true;
    }

    /** Takes the record's end: a line's end, or the file's. */
    final boolean ends(int at) {
        length = at - window.start;
        // A LF behind a CR is an empty line, and skipped as such: whether it has been read yet makes no difference
        window.position = at < window.limit ? at + 1 : at;
        return true;
    }

    @Override
    public String line() {
        return new String(window.bytes, window.start, length, StandardCharsets.UTF_8);
    }

    @Override
    public long start() {
        return window.offset(window.start);
    }

    @Override
    public long end() {
        return window.offset(Math.min(window.start + length + 1, window.limit));
    }

    @Override
    public void close() throws IOException {
        window.close();
    }
}
