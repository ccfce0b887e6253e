package io.intake.processors.unzip.stream;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** A file that a library unpacks: it cannot be gone on with in the middle. */
final class LibraryBytes implements Unpacked {
    private final InputStream stream;
    private final PackedStream packed;
    private long position;

    /**
     * @param stream unpacks
     * @param packed what it reads
     */
    LibraryBytes(InputStream stream, PackedStream packed) {
        this.stream = stream;
        this.packed = packed;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = stream.read(target, offset, length);
        position += Math.max(0, count);
        return count;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public long consumed() {
        return packed.position();
    }

    @Override
    public @Nullable GzipState save() {
        return null;
    }

    @Override
    public void close() {
        try {
            stream.close();
        } catch (IOException e) {
            // only memory is released
        }
    }
}
