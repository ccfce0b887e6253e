package io.intake.gateway.upload;

import io.intake.store.CopySource;
import io.intake.store.Part;
import io.intake.store.PermanentStoreException;
import io.intake.store.Precondition;
import io.intake.store.UploadRef;
import io.intake.store.UploadRequest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The parts of an upload that are larger than memory: each is sent as an upload of its own, under a key that nobody is told
 * of, made an object, and copied inside the store. While one is copied the next one is sent. Used by one thread; the copies'
 * own threads touch only the store and the ownership.
 */
final class Segments {
    private final UploadServices services;
    private final Publication calls;
    private final UploadTarget target;
    private final Ownership ownership;
    /** Of the upload itself. */
    private final PartSender whole;

    private final PartLimits limits;
    /** What an earlier session left to be copied. Nothing is done with it before something is written. */
    private final Deque<Segment> toCopy = new ArrayDeque<>();

    private @Nullable PartSender open;
    private long filled;
    private boolean used;

    /** @param earlier what an earlier session left, in order */
    Segments(
            UploadServices services,
            Publication calls,
            UploadTarget target,
            Ownership ownership,
            PartSender whole,
            List<Segment> earlier) {
        this.services = services;
        this.calls = calls;
        this.target = target;
        this.ownership = ownership;
        this.whole = whole;
        this.limits = services.schedule().limits();
        // what was copied may still be there
        this.used = !earlier.isEmpty() || whole.count() > limits.inPlaceParts();
        for (Segment segment : earlier) {
            String storeId = segment.storeId();
            if (storeId == null) {
                toCopy.add(segment);
            } else {
                open = sender(new UploadRef(segment.key(), storeId), segment.parts());
                filled = segment.size();
            }
        }
    }

    private PartSender sender(UploadRef upload, List<Part> earlier) {
        return new PartSender(services, calls, ownership, upload, whole.upload(), earlier);
    }

    /** Whether the next part belongs to a segment. */
    boolean isNext() {
        return open != null || !toCopy.isEmpty() || whole.count() >= limits.inPlaceParts();
    }

    /** Which of the upload's parts the next bytes are for. */
    int number() {
        return whole.count() + toCopy.size() + (isFull() ? 2 : 1);
    }

    private boolean isFull() {
        return open != null && limits.isFull(filled);
    }

    /** The bytes of the segment that the next part is for. */
    long filled() {
        return isFull() ? 0 : filled;
    }

    /** Whether there is, or was, any. */
    boolean isUsed() {
        return used;
    }

    /** Why a part has failed already; null if none has. */
    @Nullable
    RuntimeException failure() {
        return open == null ? null : open.failure();
    }

    /**
     * Sends a part of a segment; takes its slabs over unless it fails.
     *
     * @param length no more than the segment takes
     */
    void send(Deque<byte[]> slabs, long length) {
        copyEarlier();
        if (isFull()) {
            close();
        }
        PartSender segment = open;
        if (segment == null) {
            segment = begin();
            open = segment;
        }
        segment.send(slabs, length);
        filled += length;
    }

    private PartSender begin() {
        ownership.checkBeforePart(whole.upload());
        used = true;
        String key = target.segmentKey(whole.upload().uploadId(), number());
        UploadRequest request = new UploadRequest(key, PartUploads.CONTENT_TYPE, Map.of());
        return sender(calls.retry(() -> services.store().startUpload(request)), List.of());
    }

    /** Whatever segment is not full takes nothing more: the next bytes are a part of the upload itself. */
    void close() {
        copyEarlier();
        PartSender segment = open;
        if (segment == null) {
            return;
        }
        List<Part> parts = segment.awaitAll();
        if (!parts.isEmpty()) {
            ownership.checkBeforePart(whole.upload());
            // the key is nobody else's: what is found under it, of this size, is what was sent
            UploadEnd end = calls.complete(segment.upload(), parts, null, filled, Precondition.ALWAYS);
            String etag = ((UploadEnd.Published) end).object().etag();
            Segment object = Segment.object(segment.upload().key(), etag, filled);
            Long crc32 = PartSender.crc32(parts);
            whole.add(number -> copy(number, object, crc32));
        }
        open = null;
        filled = 0;
    }

    private void copyEarlier() {
        while (!toCopy.isEmpty()) {
            Segment segment = toCopy.remove();
            whole.add(number -> copy(number, segment, null));
        }
    }

    /** @param crc32 of the segment; null where an earlier session sent it */
    private Part copy(int number, Segment segment, @Nullable Long crc32) {
        ownership.checkBeforePart(whole.upload());
        CopySource source = CopySource.pinned(segment.key(), Objects.requireNonNull(segment.etag()));
        Part copied = calls.retry(() -> services.store().copyPart(whole.upload(), number, source, null));
        if (crc32 != null && copied.crc32() != null && !crc32.equals(copied.crc32())) {
            throw new PermanentStoreException("copyPart", segment.key(), "the segment is damaged", null);
        }
        // a session that took the upload over may still need it
        ownership.check(whole.upload());
        services.partials().records().discard(segment.key());
        // a store that gives a copy no checksum refuses to be told one
        return new Part(number, segment.size(), copied.etag(), copied.crc32());
    }

    /** What is not a part of the upload when all that was sent has arrived. */
    List<Segment> left() {
        copyEarlier();
        List<Part> ignored = whole.awaitAll();
        PartSender segment = open;
        return segment == null
                ? List.of()
                : List.of(Segment.open(segment.upload().key(), segment.upload().uploadId(), segment.awaitAll()));
    }

    /** Waits until no part uses memory any more, whatever becomes of them. */
    void awaitQuiet() {
        if (open != null) {
            open.awaitQuiet();
        }
    }

    /** Removes what is left of them in the store: the upload is over. */
    void remove() {
        if (used) {
            services.partials().segments().remove(target, whole.upload().uploadId());
        }
    }
}
