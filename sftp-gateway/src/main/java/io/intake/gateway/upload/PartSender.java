package io.intake.gateway.upload;

import io.intake.store.Content;
import io.intake.store.Crc32;
import io.intake.store.Part;
import io.intake.store.StoreException;
import io.intake.store.UploadRef;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Sends the parts of one upload, at most two at a time, and gives their memory back when they are sent. Used by one thread;
 * the parts' own threads touch only the budget.
 */
final class PartSender {
    /** One on the wire while the next one is being prepared by the store's client. */
    private static final int IN_FLIGHT = 2;

    private final Publication publication;
    private final MemoryBudget budget;
    private final Executor executor;
    private final UploadRef upload;
    private final Deque<CompletableFuture<Part>> inFlight = new ArrayDeque<>();
    private final List<Part> sent = new ArrayList<>();
    private int number;
    private long crc32;

    PartSender(Publication publication, MemoryBudget budget, Executor executor, UploadRef upload) {
        this.publication = publication;
        this.budget = budget;
        this.executor = executor;
        this.upload = upload;
    }

    UploadRef upload() {
        return upload;
    }

    /** Parts handed over so far. */
    int count() {
        return number;
    }

    /** Of all bytes handed over so far. */
    long crc32() {
        return crc32;
    }

    /**
     * Sends the first {@code length} bytes of the slabs as the next part, after waiting for a place.
     *
     * @throws StoreException if an earlier part failed; the slabs stay the caller's
     */
    void send(Deque<byte[]> slabs, long length) {
        while (inFlight.size() >= IN_FLIGHT) {
            awaitOldest();
        }
        int part = ++number;
        Content content = content(slabs, length);
        crc32 = part == 1 ? content.crc32() : Crc32.combine(crc32, content.crc32(), length);
        inFlight.add(CompletableFuture.supplyAsync(() -> publication.sendPart(upload, part, content), executor)
                .whenComplete((_, _) -> giveBack(slabs)));
    }

    /** Content over the first bytes of slabs; also used for a file that is sent in one request. */
    static Content content(Deque<byte[]> slabs, long length) {
        ByteBuffer[] buffers = new ByteBuffer[slabs.size()];
        CRC32 crc = new CRC32();
        long left = length;
        int i = 0;
        for (byte[] slab : slabs) {
            int count = (int) Math.min(left, slab.length);
            crc.update(slab, 0, count);
            buffers[i++] = ByteBuffer.wrap(slab, 0, count);
            left -= count;
        }
        return Content.of(crc.getValue(), buffers);
    }

    private void giveBack(Deque<byte[]> slabs) {
        slabs.forEach(budget::recycle);
        budget.release(slabs.size());
    }

    /** Whether a part has failed already; does not wait. */
    @Nullable
    StoreException failure() {
        for (CompletableFuture<Part> part : inFlight) {
            if (part.isCompletedExceptionally() && part.exceptionNow() instanceof StoreException failure) {
                return failure;
            }
        }
        return null;
    }

    /** Waits for all parts; their numbers ascend. */
    List<Part> awaitAll() {
        while (!inFlight.isEmpty()) {
            awaitOldest();
        }
        return List.copyOf(sent);
    }

    /** Waits until no part uses memory any more, whatever becomes of them. */
    void awaitQuiet() {
        while (!inFlight.isEmpty()) {
            try {
                awaitOldest();
            } catch (RuntimeException alreadyReported) {
                // the upload fails anyway
            }
        }
    }

    private void awaitOldest() {
        CompletableFuture<Part> oldest = inFlight.remove();
        try {
            sent.add(oldest.join());
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
