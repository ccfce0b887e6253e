package io.intake.gateway.upload;

import io.intake.store.CompleteRequest;
import io.intake.store.Content;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.Part;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.StoreException;
import io.intake.store.UploadRequest;
import java.nio.ByteBuffer;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One file on its way into the store. Bytes are taken in order, a little ahead of it, or over bytes that are not sent yet;
 * anything else fails the upload for good, so that what is published is always what was written. Only {@link #finish}
 * publishes.
 *
 * <p>Blocks: while memory is short, while two parts are on their way, and in {@link #finish}. Used by one thread; only
 * {@link #size} may be asked by others.
 */
public final class Upload {
    private static final String CONTENT_TYPE = "application/octet-stream";

    private final UploadServices services;
    private final Publication publication;
    private final Cancellation cancellation;
    private final String key;
    private final String uploadId;
    private final UploadBuffer buffer = new UploadBuffer();
    private @Nullable PartSender parts;
    private @Nullable UploadFailedException failure;
    private @Nullable UploadEnd end;
    /** Slabs allowed by the budget but not in the buffer yet. */
    private int allowance;

    private volatile long size;

    /**
     * An upload of which nothing has come.
     *
     * @param cancellation ends waits for memory when the session is lost
     */
    public Upload(UploadServices services, Cancellation cancellation, String key) {
        this.services = services;
        this.publication = new Publication(services.store(), services.pause());
        this.cancellation = cancellation;
        this.key = key;
        this.uploadId = services.uploadIds().get();
    }

    /** The file's size if nothing more came: the end of what was taken without a gap, in bytes. Any thread. */
    public long size() {
        return size;
    }

    /**
     * Takes bytes at an offset; all of them when it returns.
     *
     * @throws UploadFailedException if the upload has failed, or fails by this write
     * @throws SessionLostException if the session ends while memory is waited for
     */
    public void write(long offset, ByteBuffer bytes) throws UploadFailedException, SessionLostException {
        ensureOpen();
        StoreException partFailure = parts == null ? null : parts.failure();
        if (partFailure != null) {
            throw fail("the store refused a part of the file", partFailure);
        }
        if (!bytes.hasRemaining()) {
            return;
        }
        if (offset < 0 || offset > Long.MAX_VALUE - bytes.remaining()) {
            throw fail("the offset is out of range", null);
        }
        switch (buffer.placement(offset)) {
            case ALREADY_SENT -> throw fail("bytes that are stored already cannot be written again", null);
            case TOO_FAR_AHEAD -> throw fail("a file must be written from its start to its end", null);
            case TAKE -> take(offset, bytes);
        }
        size = buffer.end();
    }

    private void take(long offset, ByteBuffer bytes) throws UploadFailedException, SessionLostException {
        long at = offset;
        ByteBuffer rest = bytes.duplicate();
        while (rest.hasRemaining()) {
            int count = Math.min(rest.remaining(), MemoryBudget.SLAB_BYTES - (int) (at % MemoryBudget.SLAB_BYTES));
            ensureSlab(at);
            buffer.put(at, rest.slice(rest.position(), count));
            rest.position(rest.position() + count);
            at += count;
        }
    }

    private void ensureSlab(long offset) throws UploadFailedException, SessionLostException {
        long number = UploadBuffer.slabOf(offset);
        if (buffer.hasSlab(number)) {
            return;
        }
        if (allowance == 0) {
            boolean ahead = offset > buffer.end();
            if (ahead && !services.budget().tryTake()) {
                // waiting would be for ever: what would free memory is behind this request in the queue
                throw fail("memory is short: write the file from its start to its end", null);
            } else if (ahead) {
                allowance = 1;
            } else {
                grow();
            }
        }
        allowance--;
        buffer.addSlab(number, services.budget().slab());
    }

    /** Makes room for the next slab in order: by memory not in use, or by sending a part. */
    private void grow() throws UploadFailedException, SessionLostException {
        int held = buffer.slabCount();
        if (held == 0 && parts == null) {
            await(services.budget().admit(), 1);
            return;
        }
        if (held < MemoryBudget.MIN_PART_SLABS) {
            int missing = MemoryBudget.MIN_PART_SLABS - held;
            await(services.budget().reserve(missing), missing);
            return;
        }
        int full = buffer.fullSlabs();
        int wanted = (int) (services.schedule().partSize(nextPart()) / MemoryBudget.SLAB_BYTES);
        if (full < wanted && services.budget().tryTake()) {
            allowance = 1;
            return;
        }
        if (full < MemoryBudget.MIN_PART_SLABS) {
            // slabs ahead of a gap take the place of slabs of this part, which is too small to be sent
            throw fail("memory is short: write the file from its start to its end", null);
        }
        sendFull(Math.min(full, wanted));
        grow();
    }

    private void await(CompletableFuture<Void> granted, int slabs) throws SessionLostException {
        if (!cancellation.await(granted)) {
            services.budget().serve();
            throw new SessionLostException();
        }
        allowance = slabs;
    }

    private int nextPart() {
        return parts == null ? 1 : parts.count() + 1;
    }

    private void sendFull(int slabs) throws UploadFailedException {
        if (nextPart() >= ObjectStore.Limits.MAX_PARTS) {
            throw fail("the file is larger than this gateway can take", null);
        }
        send(buffer.takeFull(slabs), (long) slabs * MemoryBudget.SLAB_BYTES);
    }

    private void send(Deque<byte[]> slabs, long length) throws UploadFailedException {
        try {
            PartSender sender = parts;
            if (sender == null) {
                UploadRequest request = new UploadRequest(key, CONTENT_TYPE, Map.of(Publication.UPLOAD_ID, uploadId));
                sender = new PartSender(
                        publication,
                        services.budget(),
                        services.executor(),
                        publication.retry(() -> services.store().startUpload(request)));
                parts = sender;
            }
            sender.send(slabs, length);
        } catch (StoreException e) {
            giveBack(slabs);
            throw fail("the store refused a part of the file", e);
        }
    }

    /**
     * Publishes the file. When it returns the store has it, whole.
     *
     * @throws UploadFailedException if there is a gap, or the store failed: nothing is published, as far as the store says
     */
    public UploadEnd.Published finish() throws UploadFailedException {
        ensureOpen();
        if (buffer.hasGap()) {
            throw fail("bytes are missing before the file's end", null);
        }
        long length = buffer.end();
        Deque<byte[]> rest = buffer.takeRest();
        try {
            UploadEnd.Published published = parts == null ? put(rest, length) : complete(parts, rest, length);
            end = published;
            releaseAllowance();
            return published;
        } catch (StoreException e) {
            throw fail("the store could not publish the file", e);
        }
    }

    private UploadEnd.Published put(Deque<byte[]> slabs, long length) {
        try {
            Content content = PartSender.content(slabs, length);
            Map<String, String> metadata =
                    Map.of(Publication.UPLOAD_ID, uploadId, Publication.CRC32, "%08x".formatted(content.crc32()));
            ObjectInfo object = publication.put(
                    new PutRequest(key, content, CONTENT_TYPE, metadata, Precondition.ALWAYS), uploadId);
            return new UploadEnd.Published(length, content.crc32(), object);
        } finally {
            giveBack(slabs);
        }
    }

    private UploadEnd.Published complete(PartSender sender, Deque<byte[]> rest, long length)
            throws UploadFailedException {
        if (!rest.isEmpty()) {
            send(rest, length - buffer.start());
        }
        List<Part> sent = sender.awaitAll();
        CompleteRequest request =
                new CompleteRequest(sender.upload(), sent, length, sender.crc32(), Precondition.ALWAYS);
        ObjectInfo object = publication.complete(request, uploadId, length);
        return new UploadEnd.Published(length, sender.crc32(), object);
    }

    /** Gives the upload up: nothing is published, no memory stays in use. Does nothing if it has ended. */
    public UploadEnd abandon() {
        if (end == null) {
            end = new UploadEnd.Abandoned(size);
            drop();
        }
        return end;
    }

    private void ensureOpen() throws UploadFailedException {
        if (failure != null) {
            throw failure;
        }
        if (end != null) {
            throw new IllegalStateException("the upload has ended");
        }
    }

    private UploadFailedException fail(String reason, @Nullable Throwable cause) {
        if (failure != null) {
            return failure;
        }
        UploadFailedException failed = new UploadFailedException(reason, cause);
        failure = failed;
        end = new UploadEnd.Failed(size, reason);
        drop();
        return failed;
    }

    private void drop() {
        PartSender sender = parts;
        if (sender != null) {
            sender.awaitQuiet();
            publication.abort(sender.upload());
        }
        List<byte[]> discarded = buffer.discard();
        discarded.forEach(services.budget()::recycle);
        services.budget().release(discarded.size());
        releaseAllowance();
    }

    private void giveBack(Deque<byte[]> slabs) {
        slabs.forEach(services.budget()::recycle);
        services.budget().release(slabs.size());
    }

    private void releaseAllowance() {
        services.budget().release(allowance);
        allowance = 0;
    }
}
