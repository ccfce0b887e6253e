package io.intake.processors.stitch;

import io.intake.processors.stitch.StrictDecoder.BadEncodingException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** A file in UTF-8: its bytes are looked at, not changed. Not thread-safe. */
final class Utf8Bytes extends Utf8Source {
    private final InputStream in;
    private final byte[] begun = new byte[4];
    private int begunLength;
    private long offset;
    private @Nullable BadEncodingException bad;

    /**
     * @param offset of the stream's first byte in the file
     * @param markLength how many bytes of a byte order mark came before
     */
    Utf8Bytes(InputStream in, long offset, int markLength) {
        super(markLength);
        this.in = in;
        this.offset = offset;
    }

    @Override
    int read(byte[] target, int from, int length) throws IOException {
        while (bad == null) {
            System.arraycopy(begun, 0, target, from, begunLength);
            int count = in.read(target, from + begunLength, length - begunLength);
            if (count < 0) {
                if (begunLength == 0) {
                    return -1;
                }
                bad = new BadEncodingException(offset);
                break;
            }
            int end = from + begunLength + count;
            int whole = Utf8.whole(target, from, end);
            begunLength = 0;
            offset += whole - from;
            if (whole < end) {
                rest(target, whole, end);
            }
            if (whole > from) {
                return whole - from;
            }
        }
        throw bad;
    }

    private void rest(byte[] target, int from, int end) {
        if (Utf8.unfinished(target, from, end)) {
            begunLength = end - from;
            System.arraycopy(target, from, begun, 0, begunLength);
        } else {
            bad = new BadEncodingException(offset);
        }
    }

    @Override
    long length(byte[] utf8, int from, int to) {
        return (long) to - from;
    }

    @Override
    String charset() {
        return "UTF-8";
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
