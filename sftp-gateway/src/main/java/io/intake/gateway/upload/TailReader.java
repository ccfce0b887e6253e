package io.intake.gateway.upload;

import io.intake.store.ByteRange;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.ReadRequest;
import io.intake.store.TransientStoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Reads the bytes that a resumed upload begins with back into memory, a slab at a time. */
final class TailReader {
    private static final int ATTEMPTS = 3;

    private final ObjectStore store;
    private final Publication calls;
    /** What is smaller cannot be copied. */
    private final long minPart;

    /** Takes the bytes. */
    @FunctionalInterface
    interface Taker {
        void take(long offset, ByteBuffer bytes) throws UploadFailedException, SessionLostException;
    }

    TailReader(UploadServices services, Publication calls) {
        this.store = services.store();
        this.minPart = services.schedule().limits().minPartBytes();
        this.calls = calls;
    }

    /** How much a resumed upload begins with that no part holds, in bytes: less than a part. */
    long size(@Nullable Resumption from) {
        return switch (from) {
            case Resumption.Stored(ObjectInfo object) -> object.size() < minPart ? object.size() : 0;
            case Resumption.Unfinished(Partial claimed) -> {
                ResumeRecord.Tail tail = claimed.record().tail();
                yield tail == null ? 0 : tail.size();
            }
            case null -> 0;
        };
    }

    /**
     * Reads what a resumed upload begins with and no part holds.
     *
     * @param taker does not wait: a connection to the store is held meanwhile, which others may need to free memory
     * @return false if it is not what was kept
     */
    boolean load(@Nullable Resumption from, Taker taker) throws UploadFailedException, SessionLostException {
        if (from instanceof Resumption.Stored(ObjectInfo object)) {
            if (object.size() < minPart) {
                read(object.key(), object.etag(), object.size(), taker);
            }
            return true;
        }
        ResumeRecord.Tail tail = from instanceof Resumption.Unfinished(Partial claimed)
                ? claimed.record().tail()
                : null;
        if (tail == null) {
            return true;
        }
        CRC32 crc32 = new CRC32();
        read(tail.key(), null, tail.size(), (at, bytes) -> {
            crc32.update(bytes.duplicate());
            taker.take(at, bytes);
        });
        return crc32.getValue() == tail.crc32();
    }

    /**
     * Reads an object from its start.
     *
     * @param etag the version; null for the only one there is
     * @param size in bytes
     */
    private void read(String key, @Nullable String etag, long size, Taker taker)
            throws UploadFailedException, SessionLostException {
        long done = 0;
        for (int attempt = 1; done < size; attempt++) {
            ReadRequest request = new ReadRequest(key, new ByteRange(done, size - done), etag, null);
            try (ObjectContent content = calls.retry(() -> store.read(request))) {
                done = copy(content.stream(), done, size, taker);
            }
            if (done < size && attempt == ATTEMPTS) {
                throw new TransientStoreException("read", key, "the connection was lost", null);
            }
        }
    }

    /** Copies until the end or until the connection is lost; returns how far it came. */
    private static long copy(InputStream stream, long from, long size, Taker taker)
            throws UploadFailedException, SessionLostException {
        byte[] chunk = new byte[MemoryBudget.SLAB_BYTES];
        long done = from;
        while (done < size) {
            int count;
            try {
                count = stream.readNBytes(chunk, 0, (int) Math.min(chunk.length, size - done));
            } catch (IOException lost) {
                return done;
            }
            if (count == 0) {
                return done;
            }
            taker.take(done, ByteBuffer.wrap(chunk, 0, count));
            done += count;
        }
        return done;
    }
}
