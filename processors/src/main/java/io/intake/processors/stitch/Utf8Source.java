package io.intake.processors.stitch;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The text of a file as UTF-8, whatever it is written in. What is no text is refused where it stands. Not thread-safe.
 */
abstract class Utf8Source implements Closeable {
    /** Least room for {@link #read}. */
    static final int ROOM = 64;

    /** What {@link #length} answers where it cannot tell. */
    static final long UNKNOWN = -1;

    private final int markLength;

    Utf8Source(int markLength) {
        this.markLength = markLength;
    }

    /**
     * Reads whole characters.
     *
     * @param length of the room, {@link #ROOM} at least
     * @return how many bytes, 1 at least; -1 at the end
     * @throws StrictDecoder.BadEncodingException once all characters before the bad bytes have been read
     */
    abstract int read(byte[] target, int offset, int length) throws IOException;

    /** How many bytes of the file some of its text takes; {@link #UNKNOWN} if only the decoder knew. */
    abstract long length(byte[] utf8, int from, int to);

    /** How many bytes of a byte order mark come before the text. */
    final int markLength() {
        return markLength;
    }

    /** The charset's name; null where the file has not shown it yet. */
    abstract @Nullable String charset();
}
