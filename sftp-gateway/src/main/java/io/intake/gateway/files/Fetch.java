package io.intake.gateway.files;

import io.intake.store.ByteRange;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A range that is being read into slabs, by a thread of its own, and taken from there by the download's. The slabs go back
 * when the download gives it up and the thread has ended, whichever comes last. Thread-safe.
 */
final class Fetch implements Runnable {
    private static final int ATTEMPTS = 3;

    private final OpenReads reads;
    private final ObjectStore store;
    private final ObjectInfo object;
    private final Download owner;
    private final long start;
    private final int length;
    private final List<ByteBuffer> slabs;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition progress = lock.newCondition();
    private int filled;
    /** Somebody waits until so much is there. */
    private int awaited;

    private boolean ended;
    private boolean abandoned;
    private @Nullable Exception failure;

    /** @param slabs room for as many bytes as the range has */
    Fetch(
            OpenReads reads,
            ObjectStore store,
            ObjectInfo object,
            Download owner,
            ByteRange range,
            List<ByteBuffer> slabs) {
        this.reads = reads;
        this.store = store;
        this.object = object;
        this.owner = owner;
        this.start = range.offset();
        this.length = Math.toIntExact(range.length());
        this.slabs = slabs;
    }

    long start() {
        return start;
    }

    long end() {
        return start + length;
    }

    /** Memory that it holds. */
    int slabs() {
        return slabs.size();
    }

    boolean holds(long offset) {
        return offset >= start && offset < end();
    }

    /** Reads all of the range; what goes wrong is told to whoever asks for bytes. */
    @Override
    public void run() {
        Exception problem = null;
        try {
            fill();
        } catch (IOException | RuntimeException e) {
            problem = e;
        } finally {
            end(problem);
        }
    }

    private void fill() throws IOException {
        int attempts = 0;
        int before = filled();
        while (before < length && !isAbandoned()) {
            try {
                reads.read(store, object, new ByteRange(start + before, length - before), this::fill);
            } catch (IOException connectionLost) {
                attempts = filled() > before ? 1 : attempts + 1;
                if (attempts == ATTEMPTS) {
                    throw connectionLost;
                }
            }
            before = filled();
        }
    }

    private void fill(ObjectContent content) throws IOException {
        for (int at = filled(); at < length && !isAbandoned(); at = filled()) {
            int within = at % ReadMemory.SLAB_BYTES;
            int room = Math.min(ReadMemory.SLAB_BYTES - within, length - at);
            ByteBuffer slab = slabs.get(at / ReadMemory.SLAB_BYTES).duplicate();
            int count = content.read(slab.position(within).limit(within + room));
            if (count < 0) {
                throw new IOException("the store's answer ended early");
            }
            advance(count);
        }
    }

    private void advance(int count) {
        lock.lock();
        try {
            filled += count;
            if (awaited > 0 && filled >= awaited) {
                progress.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private int filled() {
        lock.lock();
        try {
            return filled;
        } finally {
            lock.unlock();
        }
    }

    private boolean isAbandoned() {
        lock.lock();
        try {
            return abandoned;
        } finally {
            lock.unlock();
        }
    }

    private void end(@Nullable Exception problem) {
        boolean last;
        lock.lock();
        try {
            failure = problem;
            ended = true;
            last = abandoned;
            progress.signalAll();
        } finally {
            lock.unlock();
        }
        if (last) {
            reads.memory().giveBack(owner, slabs);
        }
    }

    /**
     * Waits for bytes and copies them.
     *
     * @param target takes no more than the range has behind the offset
     * @return null, or why they cannot be had; then nothing was copied
     */
    @Nullable
    Exception copy(long offset, ByteBuffer target) {
        int from = Math.toIntExact(offset - start);
        Exception problem = await(from + target.remaining());
        if (problem != null) {
            return problem;
        }
        for (int at = from; target.hasRemaining(); ) {
            int within = at % ReadMemory.SLAB_BYTES;
            int count = Math.min(ReadMemory.SLAB_BYTES - within, target.remaining());
            target.put(target.position(), slabs.get(at / ReadMemory.SLAB_BYTES), within, count);
            target.position(target.position() + count);
            at += count;
        }
        return null;
    }

    private @Nullable Exception await(int bytes) {
        lock.lock();
        try {
            awaited = bytes;
            while (filled < bytes && !ended) {
                progress.awaitUninterruptibly();
            }
            awaited = 0;
            return filled >= bytes ? null : failure == null ? new IOException("the read was given up") : failure;
        } finally {
            lock.unlock();
        }
    }

    /** The download has no use for it any more. To be called once. */
    void abandon() {
        boolean last;
        lock.lock();
        try {
            abandoned = true;
            last = ended;
        } finally {
            lock.unlock();
        }
        if (last) {
            reads.memory().giveBack(owner, slabs);
        }
    }
}
