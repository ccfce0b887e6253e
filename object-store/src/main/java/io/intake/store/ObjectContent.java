package io.intake.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * An open read. The stream ends where the range ends; an {@link IOException} from it before that means the connection was
 * lost and the rest may be asked for again. Not thread-safe.
 */
public interface ObjectContent extends AutoCloseable {

    /** The object that is being read; its size is the whole object's. */
    ObjectInfo info();

    /** The bytes asked for. */
    InputStream stream();

    /**
     * Reads some of the bytes of {@link #stream} into a buffer, without an array between them where the store can.
     *
     * @return the count, at least one if the buffer has room; -1 at the end
     */
    default int read(ByteBuffer target) throws IOException {
        if (target.hasArray()) {
            int count = stream().read(target.array(), target.arrayOffset() + target.position(), target.remaining());
            target.position(target.position() + Math.max(count, 0));
            return count;
        }
        byte[] bytes = new byte[Math.min(target.remaining(), 64 << 10)];
        int count = stream().read(bytes);
        target.put(bytes, 0, Math.max(count, 0));
        return count;
    }

    /** Drops what was not read. */
    @Override
    void close();
}
