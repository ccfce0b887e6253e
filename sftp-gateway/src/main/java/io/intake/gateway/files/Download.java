package io.intake.gateway.files;

import io.intake.gateway.protocol.SftpException;
import io.intake.gateway.protocol.SftpStatus;
import io.intake.store.AbsentException;
import io.intake.store.ByteRange;
import io.intake.store.ConflictException;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.ReadRequest;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An open file that is read. Reads one version: the one that was there at OPEN. Keeps one ranged request open ahead of the
 * client, whose unread bytes wait in the connection, not in memory. Used by one thread, besides {@link OpenReads}, which
 * finds it locked while it reads.
 */
public final class Download implements AutoCloseable {
    private static final int ATTEMPTS = 3;
    /** Bytes to skip in an open request rather than ask again. */
    private static final long SKIP_BYTES = 256 << 10;

    private final ObjectStore store;
    private final ObjectInfo object;
    private final OpenReads reads;
    private final ReentrantLock lock = new ReentrantLock();
    private final ReadAhead readAhead = new ReadAhead();
    private @Nullable ObjectContent content;
    private long position;
    private long rangeEnd;
    private long bytesRead;

    Download(ObjectStore store, ObjectInfo object, OpenReads reads) {
        this.store = store;
        this.object = object;
        this.reads = reads;
    }

    /** The file's size at OPEN. */
    public ObjectInfo object() {
        return object;
    }

    /** Bytes handed out so far. */
    public long bytesRead() {
        return bytesRead;
    }

    /**
     * Reads at an offset; fewer bytes than asked for only at the end of the file.
     *
     * @return the count; -1 at or behind the end
     * @throws SftpException if the file was replaced or deleted since OPEN, or the store failed
     */
    public int read(long offset, byte[] target, int at, int length) throws SftpException {
        lock.lock();
        try {
            return readAll(offset, target, at, length);
        } finally {
            if (reads.isShort()) {
                drop();
            } else {
                reads.used(this);
            }
            lock.unlock();
        }
    }

    private int readAll(long offset, byte[] target, int at, int length) throws SftpException {
        if (offset < 0 || offset >= object.size()) {
            return -1;
        }
        int wanted = (int) Math.min(length, object.size() - offset);
        int done = 0;
        for (int attempt = 1; done < wanted; ) {
            try {
                done += readSome(offset + done, target, at + done, wanted - done);
            } catch (IOException connectionLost) {
                drop();
                if (attempt++ == ATTEMPTS) {
                    throw new SftpException(SftpStatus.FAILURE, "reading from the store failed", connectionLost);
                }
            } catch (ConflictException | AbsentException replaced) {
                throw new SftpException(
                        SftpStatus.FAILURE,
                        "the file was replaced or deleted while it was read: open it again",
                        replaced);
            }
        }
        bytesRead += done;
        return done;
    }

    private int readSome(long offset, byte[] target, int at, int length) throws IOException {
        ObjectContent open = at(offset, length);
        int count = open.stream().read(target, at, (int) Math.min(length, rangeEnd - offset));
        if (count < 0) {
            throw new IOException("the store's answer ended early");
        }
        position += count;
        if (position == rangeEnd) {
            drop();
        }
        return count;
    }

    private ObjectContent at(long offset, int length) throws IOException {
        ObjectContent open = content;
        if (open != null && offset >= position && offset - position <= SKIP_BYTES && offset < rangeEnd) {
            open.stream().skipNBytes(offset - position);
            position = offset;
            return open;
        }
        drop();
        long range = Math.min(readAhead.next(offset, length), object.size() - offset);
        ObjectContent opened = open(new ByteRange(offset, range));
        content = opened;
        position = offset;
        rangeEnd = offset + range;
        return opened;
    }

    private ObjectContent open(ByteRange range) {
        reads.enter(this);
        boolean done = false;
        try {
            ObjectContent opened = store.read(ReadRequest.range(object.key(), range, object.etag()));
            done = true;
            return opened;
        } finally {
            if (!done) {
                reads.leave(this);
            }
        }
    }

    /** Gives the request up that is open, unless the download is reading. */
    boolean letGo() {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            boolean had = content != null;
            drop();
            return had;
        } finally {
            lock.unlock();
        }
    }

    private void drop() {
        ObjectContent open = content;
        content = null;
        if (open != null) {
            try {
                open.close();
            } finally {
                reads.leave(this);
            }
        }
    }

    /** Drops what was not read. May be called again. */
    @Override
    public void close() {
        lock.lock();
        try {
            drop();
        } finally {
            lock.unlock();
        }
    }
}
