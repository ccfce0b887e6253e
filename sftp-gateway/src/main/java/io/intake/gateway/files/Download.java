package io.intake.gateway.files;

import io.intake.gateway.protocol.SftpException;
import io.intake.gateway.protocol.SftpStatus;
import io.intake.store.AbsentException;
import io.intake.store.ByteRange;
import io.intake.store.ConflictException;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An open file that is read. Reads one version: the one that was there at OPEN. Once the client reads on, several ranges are
 * read ahead of it at once, into memory of which all downloads together have a fixed amount; without any it reads what the
 * client asks for, no more. Used by one thread, besides {@link ReadMemory}, which finds it locked while it reads.
 */
public final class Download implements AutoCloseable {
    private static final int ATTEMPTS = 3;
    /** How long a range is kept behind what was read last: requests may come a little out of order. */
    private static final int KEPT_BEHIND = 256 << 10;

    private final ObjectStore store;
    private final ObjectInfo object;
    private final OpenReads reads;
    private final ReentrantLock lock = new ReentrantLock();
    private final ReadAhead readAhead = new ReadAhead();
    /** One behind the other without gaps. */
    private final Deque<Fetch> fetches = new ArrayDeque<>();

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
     * How many bytes a read at an offset gets.
     *
     * @param length as many as the client asks for
     * @return -1 at or behind the end
     */
    public int available(long offset, int length) {
        return offset < 0 || offset >= object.size() ? -1 : (int) Math.min(length, object.size() - offset);
    }

    /**
     * Fills a buffer with the bytes at an offset.
     *
     * @param target no more than is {@link #available}
     * @throws SftpException if the file was replaced or deleted since OPEN, or the store failed
     */
    public void read(long offset, ByteBuffer target) throws SftpException {
        int wanted = target.remaining();
        lock.lock();
        try {
            readAll(offset, target);
        } catch (IOException e) {
            throw new SftpException(SftpStatus.FAILURE, "reading from the store failed", e);
        } catch (ConflictException | AbsentException e) {
            throw new SftpException(
                    SftpStatus.FAILURE, "the file was replaced or deleted while it was read: open it again", e);
        } finally {
            reads.memory().used(this);
            lock.unlock();
        }
        bytesRead += wanted;
    }

    private void readAll(long offset, ByteBuffer target) throws IOException {
        long end = offset + target.remaining();
        if (!readAhead.isNear(offset)) {
            drop();
        }
        readAhead.reading(offset, target.remaining());
        Fetch begun = null;
        for (long at = offset; at < end; at = end - target.remaining()) {
            Fetch fetch = find(at);
            if (fetch == null) {
                begun = fetch = begin(at, readAhead.missing(at, target.remaining()));
            }
            ahead(end);
            if (fetch == null) {
                straight(at, target);
            } else {
                copy(at, target, fetch, fetch == begun);
            }
        }
        dropBehind(end);
    }

    /** @param fresh whether the fetch was begun for this read: then its failure is this read's */
    private void copy(long at, ByteBuffer target, Fetch fetch, boolean fresh) throws IOException {
        int limit = target.limit();
        target.limit((int) Math.min(limit, target.position() + fetch.end() - at));
        Exception problem = fetch.copy(at, target);
        target.limit(limit);
        if (problem == null) {
            return;
        }
        drop();
        switch (problem) {
            case IOException lost when fresh -> throw lost;
            case RuntimeException refused when fresh -> throw refused;
            default -> {} // what went wrong some time ago may go well now
        }
    }

    private @Nullable Fetch find(long offset) {
        for (Fetch fetch : fetches) {
            if (fetch.holds(offset)) {
                return fetch;
            }
        }
        return null;
    }

    /** Starts to read a range, or the part of it for which there is memory; null if there is none, or it lies behind us. */
    private @Nullable Fetch begin(long offset, long bytes) {
        if (!fetches.isEmpty() && offset < fetches.getFirst().start()) {
            return null;
        }
        if (!fetches.isEmpty() && offset != fetches.getLast().end()) {
            drop();
        }
        int wanted = (int) Math.min(bytes, object.size() - offset);
        int slabs = (wanted + ReadMemory.SLAB_BYTES - 1) / ReadMemory.SLAB_BYTES;
        List<ByteBuffer> memory = reads.memory().take(this, slabs);
        if (memory.isEmpty()) {
            return null;
        }
        ByteRange range = new ByteRange(offset, Math.min(wanted, (long) memory.size() * ReadMemory.SLAB_BYTES));
        Fetch fetch = new Fetch(reads, store, object, this, range, memory);
        try {
            reads.threads().execute(fetch);
        } catch (RejectedExecutionException e) {
            reads.memory().giveBack(this, memory);
            throw e;
        }
        fetches.add(fetch);
        return fetch;
    }

    private void ahead(long position) {
        long upTo = Math.min(object.size(), position + readAhead.ahead());
        if (fetches.isEmpty() || fetches.getLast().end() >= upTo) {
            return;
        }
        // several under way, however little memory there is
        long most = Math.max(1, reads.memory().share(this) / 4) * (long) ReadMemory.SLAB_BYTES;
        while (!fetches.isEmpty()) {
            long next = fetches.getLast().end();
            long bytes = Math.min(Math.min(readAhead.request(), most), object.size() - next);
            if (bytes == 0 || next + bytes > upTo || begin(next, bytes) == null) {
                return;
            }
        }
    }

    /** Reads into the client's answer itself. */
    private void straight(long offset, ByteBuffer target) throws IOException {
        int limit = target.limit();
        if (!fetches.isEmpty() && fetches.getFirst().start() > offset) {
            target.limit(
                    (int) Math.min(limit, target.position() + fetches.getFirst().start() - offset));
        }
        int first = target.position();
        try {
            for (int attempts = 0; target.hasRemaining(); ) {
                int before = target.position();
                ByteRange range = new ByteRange(offset + before - first, target.remaining());
                try {
                    reads.read(store, object, range, content -> {
                        while (target.hasRemaining()) {
                            if (content.read(target) < 0) {
                                throw new IOException("the store's answer ended early");
                            }
                        }
                    });
                } catch (IOException connectionLost) {
                    attempts = target.position() > before ? 1 : attempts + 1;
                    if (attempts == ATTEMPTS) {
                        throw connectionLost;
                    }
                }
            }
        } finally {
            target.limit(limit);
        }
    }

    private void dropBehind(long position) {
        if (position == object.size()) {
            drop();
        }
        while (!fetches.isEmpty() && fetches.getFirst().end() + KEPT_BEHIND <= position) {
            fetches.remove().abandon();
        }
    }

    /**
     * Gives up what was read furthest ahead, unless the download is reading.
     *
     * @param keeps slabs that it may go on to hold
     */
    void letGo(int keeps) {
        if (lock.tryLock()) {
            try {
                int held = fetches.stream().mapToInt(Fetch::slabs).sum();
                while (held > keeps) {
                    Fetch last = fetches.removeLast();
                    held -= last.slabs();
                    last.abandon();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private void drop() {
        fetches.forEach(Fetch::abandon);
        fetches.clear();
    }

    /** Gives up what was read ahead. May be called again. */
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
