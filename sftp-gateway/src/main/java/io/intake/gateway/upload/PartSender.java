package io.intake.gateway.upload;

import io.intake.store.Content;
import io.intake.store.Crc32;
import io.intake.store.Part;
import io.intake.store.StoreException;
import io.intake.store.UploadRef;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.IntFunction;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Sends the parts of one upload, at most two at a time, and gives their memory back when they are sent. Used by one thread;
 * the parts' own threads touch only the budget and the ownership.
 */
final class PartSender {
    /** One on the wire while the next one is being prepared by the store's client. */
    private static final int IN_FLIGHT = 2;

    private final UploadServices services;
    private final Publication publication;
    private final Ownership ownership;
    private final UploadRef upload;
    /** The upload whose ownership counts. */
    private final UploadRef owned;

    private final Deque<CompletableFuture<Part>> inFlight = new ArrayDeque<>();
    private final List<Part> sent = new ArrayList<>();
    private int number;

    /** @param earlier parts that the store has already, numbered from 1 */
    PartSender(
            UploadServices services,
            Publication publication,
            Ownership ownership,
            UploadRef upload,
            List<Part> earlier) {
        this(services, publication, ownership, upload, upload, earlier);
    }

    /**
     * For parts of a segment.
     *
     * @param upload the segment's
     * @param owned the upload that the segment is for
     * @param earlier parts of the segment that the store has already, numbered from 1
     */
    PartSender(
            UploadServices services,
            Publication publication,
            Ownership ownership,
            UploadRef upload,
            UploadRef owned,
            List<Part> earlier) {
        this.services = services;
        this.publication = publication;
        this.ownership = ownership;
        this.upload = upload;
        this.owned = owned;
        this.sent.addAll(earlier);
        this.number = earlier.size();
    }

    UploadRef upload() {
        return upload;
    }

    /** Parts handed over so far, earlier ones included. */
    int count() {
        return number;
    }

    /**
     * Of the parts' bytes all together; null if the store did not say it of a part that an earlier session sent.
     *
     * @param parts all parts
     */
    static @Nullable Long crc32(List<Part> parts) {
        long crc32 = Crc32.EMPTY;
        for (Part part : parts) {
            Long own = part.crc32();
            if (own == null) {
                return null;
            }
            crc32 = Crc32.combine(crc32, own, part.size());
        }
        return crc32;
    }

    /**
     * Sends the first {@code length} bytes of the slabs as the next part, after waiting for a place.
     *
     * @throws StoreException if an earlier part failed; the slabs stay the caller's
     * @throws TakenOverException if another session has the upload; the slabs stay the caller's
     */
    void send(Deque<byte[]> slabs, long length) {
        while (inFlight.size() >= IN_FLIGHT) {
            awaitOldest();
        }
        int part = ++number;
        Content content = content(slabs, length);
        inFlight.add(CompletableFuture.supplyAsync(() -> sendOwn(part, content), services.executor())
                .whenComplete((_, _) -> giveBack(slabs)));
    }

    /**
     * Has the next part made in the store, after waiting for a place.
     *
     * @param making makes it, given its number
     * @throws StoreException if an earlier part failed
     */
    void add(IntFunction<Part> making) {
        while (inFlight.size() >= IN_FLIGHT) {
            awaitOldest();
        }
        int part = ++number;
        inFlight.add(CompletableFuture.supplyAsync(() -> making.apply(part), services.executor()));
    }

    private Part sendOwn(int part, Content content) {
        ownership.checkBeforePart(owned);
        return publication.sendPart(upload, part, content);
    }

    /** Content over the first bytes of slabs; also used for a file that is sent in one request. */
    static Content content(Collection<byte[]> slabs, long length) {
        List<ByteBuffer> buffers = new ArrayList<>(slabs.size());
        CRC32 crc = new CRC32();
        long left = length;
        for (byte[] slab : slabs) {
            int count = (int) Math.min(left, slab.length);
            crc.update(slab, 0, count);
            buffers.add(ByteBuffer.wrap(slab, 0, count));
            left -= count;
        }
        return Content.of(crc.getValue(), buffers.toArray(ByteBuffer[]::new));
    }

    private void giveBack(Deque<byte[]> slabs) {
        slabs.forEach(services.budget()::recycle);
        services.budget().release(slabs.size());
    }

    /** Why a part has failed already; null if none has. Does not wait. */
    @Nullable
    RuntimeException failure() {
        for (CompletableFuture<Part> part : inFlight) {
            if (part.isCompletedExceptionally() && part.exceptionNow() instanceof RuntimeException failure) {
                return failure instanceof CompletionException wrapped
                                && wrapped.getCause() instanceof RuntimeException cause
                        ? cause
                        : failure;
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
