package io.intake.processors.stitch;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file that has shown nothing but ASCII so far. The first other byte decides: what it begins is UTF-8 as far as we look
 * ({@value #WINDOW} bytes), or the file is Windows-1252, which has all of ISO-8859-1 that is text. Not thread-safe.
 */
final class DetectedText extends Utf8Source {
    /** How many bytes decide. */
    static final int WINDOW = 1 << 16;

    private static final String OTHERWISE = "windows-1252";

    private final InputStream in;
    private long offset;
    private @Nullable Utf8Source decided;

    /** @param offset of the stream's first byte in the file */
    DetectedText(InputStream in, long offset) {
        super(0);
        this.in = in;
        this.offset = offset;
    }

    @Override
    int read(byte[] target, int from, int length) throws IOException {
        if (decided != null) {
            return decided.read(target, from, length);
        }
        int count = in.read(target, from, length);
        if (count < 0) {
            return count;
        }
        int ascii = Utf8.ascii(target, from, from + count) - from;
        if (ascii == count) {
            offset += count;
            return count;
        }
        offset += ascii;
        Utf8Source source = decide(Arrays.copyOfRange(target, from + ascii, from + count));
        decided = source;
        return ascii > 0 ? ascii : source.read(target, from, length);
    }

    private Utf8Source decide(byte[] begun) throws IOException {
        byte[] window = Arrays.copyOf(begun, Math.max(begun.length, WINDOW));
        int size = begun.length + in.readNBytes(window, begun.length, window.length - begun.length);
        boolean ended = size < window.length;
        int looked = Math.min(size, WINDOW);
        int whole = Utf8.whole(window, 0, looked);
        boolean cut = whole < looked && (looked < size || !ended) && Utf8.unfinished(window, whole, looked);
        InputStream all = new SequenceInputStream(new ByteArrayInputStream(window, 0, size), in);
        return whole == looked || cut
                ? new Utf8Bytes(all, offset, 0)
                : Objects.requireNonNull(TableBytes.of(all, Charset.forName(OTHERWISE), offset), OTHERWISE);
    }

    /** Until now all was ASCII, in which a character is a byte too. */
    @Override
    long length(byte[] utf8, int from, int to) {
        return decided == null ? (long) to - from : decided.length(utf8, from, to);
    }

    @Override
    @Nullable
    String charset() {
        return decided == null ? null : decided.charset();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
