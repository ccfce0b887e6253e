package io.intake.gateway.files;

import io.intake.store.ByteRange;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.ReadRequest;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What all downloads share: how many requests to the store they have open at once, since those who upload need connections
 * too, and the memory they read ahead into. A request is read to its end as fast as the store sends, whatever its client
 * does, and so never holds a connection for a client that stands still. Thread-safe.
 */
public final class OpenReads {
    /** What is done with a request's content. */
    interface Reading {
        void read(ObjectContent content) throws IOException;
    }

    private final Semaphore places;
    private final ReadMemory memory;
    private final Executor threads;
    private final AtomicInteger open = new AtomicInteger();

    /**
     * Nothing open.
     *
     * @param most requests at once, fewer than the store's client has connections
     * @param threads runs what blocks, each on a thread of its own
     */
    public OpenReads(int most, ReadMemory memory, Executor threads) {
        this.places = new Semaphore(most, true);
        this.memory = memory;
        this.threads = threads;
    }

    ReadMemory memory() {
        return memory;
    }

    Executor threads() {
        return threads;
    }

    /** Reads a range of the version that was there at OPEN; waits while all places are used. */
    void read(ObjectStore store, ObjectInfo object, ByteRange range, Reading reading) throws IOException {
        places.acquireUninterruptibly();
        open.incrementAndGet();
        try (ObjectContent content = store.read(ReadRequest.range(object.key(), range, object.etag()))) {
            reading.read(content);
        } finally {
            open.decrementAndGet();
            places.release();
        }
    }

    /** Requests that are open now. */
    public int count() {
        return open.get();
    }

    /** Memory that downloads hold now, in bytes. */
    public long memoryInUse() {
        return memory.usedBytes();
    }
}
