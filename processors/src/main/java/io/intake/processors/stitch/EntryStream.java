package io.intake.processors.stitch;

import io.intake.store.ByteRange;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectStore;
import io.intake.store.ReadRequest;
import io.intake.store.TransientStoreException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one object, all from the same upload of it, whatever happens to the connection: a read that is lost on its
 * way is asked for again from where it broke off. Not thread-safe.
 */
public final class EntryStream extends InputStream {
    private static final int ATTEMPTS = 4;

    private final ObjectStore store;
    private final String key;
    private final String etag;
    /** Where reading ends. */
    private final long size;

    private @Nullable ObjectContent content;
    private long position;
    private int lost;

    private EntryStream(
            ObjectStore store, String key, String etag, @Nullable ObjectContent content, long position, long size) {
        this.store = store;
        this.key = key;
        this.content = content;
        this.etag = etag;
        this.position = position;
        this.size = size;
    }

    /**
     * Opens an object from its start.
     *
     * @param etag what it must still be; null for whatever it is now
     * @throws io.intake.store.StoreException as {@link ObjectStore#read}
     */
    static EntryStream open(ObjectStore store, String key, @Nullable String etag) {
        ObjectContent content = store.read(new ReadRequest(key, null, etag, null));
        return new EntryStream(
                store, key, content.info().etag(), content, 0, content.info().size());
    }

    /**
     * Opens a range of an object.
     *
     * @param range lies within the object
     * @throws io.intake.store.StoreException as {@link ObjectStore#read}
     */
    public static EntryStream range(ObjectStore store, String key, ByteRange range) {
        ObjectContent content = store.read(new ReadRequest(key, range, null, null));
        return new EntryStream(
                store, key, content.info().etag(), content, range.offset(), range.offset() + range.length());
    }

    /**
     * Goes on with an object at a place, with the first read.
     *
     * @param etag what it must still be
     * @param offset from its start, its size at most
     * @param size of the whole object, or where reading ends, in bytes
     */
    public static EntryStream from(ObjectStore store, String key, String etag, long offset, long size) {
        return new EntryStream(store, key, etag, null, offset, size);
    }

    /** Where the object, or the range of it, ends. */
    long size() {
        return size;
    }

    /** The upload that is being read. */
    public String etag() {
        return etag;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** @throws TransientStoreException if the connection breaks several times without a byte in between */
    @Override
    public int read(byte[] target, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        while (position < size) {
            try {
                int count = reopened().stream().read(target, offset, (int) Math.min(length, size - position));
                if (count < 0) {
                    throw new EOFException("stream ends early");
                }
                position += count;
                lost = 0;
                return count;
            } catch (IOException e) {
                close();
                lost++;
                if (lost == ATTEMPTS) {
                    throw new TransientStoreException("read", key, "the connection was lost " + lost + " times", e);
                }
            }
        }
        return -1;
    }

    private ObjectContent reopened() {
        ObjectContent open = content;
        if (open == null) {
            open = store.read(ReadRequest.range(key, new ByteRange(position, size - position), etag));
            content = open;
        }
        return open;
    }

    @Override
    public void close() {
        ObjectContent open = content;
        content = null;
        if (open != null) {
            open.close();
        }
    }
}
