package io.intake.processors.unzip.stream;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A file that is not compressed. */
final class RawBytes implements Unpacked {
    private final Packed packed;
    private long position;

    RawBytes(Packed packed, long position) {
        this.packed = packed;
        this.position = position;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = packed.read(position, target, offset, length);
        position += Math.max(0, count);
        return count;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public long consumed() {
        return position;
    }

    @Override
    public @Nullable GzipState save() {
        return null;
    }

    @Override
    public void close() {
        // the file is the caller's
    }
}
