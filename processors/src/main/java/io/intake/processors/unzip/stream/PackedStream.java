package io.intake.processors.unzip.stream;

import java.io.IOException;
import java.io.InputStream;

/** A file from its beginning, for a library; buffered, because libraries ask for single bytes. */
public final class PackedStream extends InputStream {
    private final Window window;
    private long position;

    public PackedStream(Packed packed) {
        this.window = new Window(packed);
    }

    /** How many bytes were read. */
    public long position() {
        return position;
    }

    @Override
    public int read() throws IOException {
        return window.has(position) ? window.at(position++) : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!window.has(position)) {
            return -1;
        }
        int count = Math.min(length, window.rest(position));
        System.arraycopy(window.bytes, window.index(position), target, offset, count);
        position += count;
        return count;
    }
}
