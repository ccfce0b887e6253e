package io.intake.gateway.upload;

import io.intake.bucket.Withheld;
import io.intake.store.ByteRange;
import io.intake.store.CopySource;
import io.intake.store.ObjectInfo;
import io.intake.store.Part;
import io.intake.store.StoreException;
import io.intake.store.UploadRef;
import io.intake.store.UploadRequest;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An upload's parts: those that are there already, those that are sent, and those that are copied inside the store. Begins
 * the store's multipart upload when the first part comes. Used by one thread.
 */
final class PartUploads {
    static final String CONTENT_TYPE = "application/octet-stream";

    private final UploadServices services;
    private final Publication calls;
    private final UploadTarget target;
    private final Ownership ownership;
    private final @Nullable Resumption from;
    private final @Nullable String uploadId;
    private @Nullable PartSender sender;
    /** There if there is a sender. */
    private @Nullable Segments segments;

    /** @param from what is gone on from; null if nothing */
    PartUploads(
            UploadServices services,
            Publication calls,
            UploadTarget target,
            Ownership ownership,
            @Nullable Resumption from) {
        this.services = services;
        this.calls = calls;
        this.target = target;
        this.ownership = ownership;
        this.from = from;
        ResumeRecord record = from instanceof Resumption.Unfinished(Partial claimed) ? claimed.record() : null;
        UploadRef upload = record == null ? null : record.upload();
        if (record != null && record.multipart() != null && upload != null) {
            uploadId = record.multipart().uploadId();
            begin(upload, record.multipart().parts(), record.multipart().segments());
        } else {
            uploadId = services.uploadIds().get();
        }
    }

    /** The bytes that are or become parts before the first that is written. */
    long earlierBytes() {
        return switch (from) {
            case Resumption.Unfinished(Partial claimed) -> claimed.record().partBytes();
            case Resumption.Stored stored -> isCopied(stored) ? stored.size() : 0;
            case null -> 0;
        };
    }

    private void begin(UploadRef upload, List<Part> earlier, List<Segment> following) {
        PartSender begun = new PartSender(services, calls, ownership, upload, earlier);
        sender = begun;
        segments = new Segments(services, calls, target, ownership, begun, following);
    }

    /** A smaller file must be read, because it is too small for a part. */
    private boolean isCopied(Resumption.Stored stored) {
        return stored.size() >= limits().minPartBytes();
    }

    private PartLimits limits() {
        return services.schedule().limits();
    }

    /** The id in the object's metadata; null where an upload without a record is gone on with. */
    @Nullable
    String uploadId() {
        return uploadId;
    }

    /** Whether the file is made of parts. */
    boolean isMultipart() {
        return sender != null || earlierBytes() > 0;
    }

    /** Whether the file is published by a rename and not before. */
    boolean isHeld() {
        return target.isHeld() && (sender == null || sender.upload().key().equals(target.partsKey()));
    }

    /** Whether there is a number for another part besides the last one's. */
    boolean hasRoom() {
        return sender == null || segments().number() < limits().maxParts();
    }

    /** How large the next part is to become, in bytes, where memory allows. */
    long wanted() {
        if (sender == null) {
            return services.schedule().partSize(1);
        }
        return segments().isNext()
                ? services.schedule().segmentPart(segments().filled())
                : services.schedule().partSize(sender.count() + 1);
    }

    /** How large the next part may become, in bytes. */
    long most() {
        return limits().maxPartBytes() - (sender == null ? 0 : segments().filled());
    }

    /** Why a part has failed already; null if none has. */
    @Nullable
    RuntimeException failure() {
        RuntimeException failure = sender == null ? null : sender.failure();
        return failure != null || segments == null ? failure : segments.failure();
    }

    /** Sends a part that is not the last; takes its slabs over, whatever becomes of them. */
    void send(Deque<byte[]> slabs, long length) {
        sending(slabs, () -> {
            PartSender whole = sender();
            if (segments().isNext()) {
                segments().send(slabs, length);
            } else {
                whole.send(slabs, length);
            }
        });
    }

    /** Sends the file's last part; takes its slabs over, whatever becomes of them. */
    void sendLast(Deque<byte[]> slabs, long length) {
        sending(slabs, () -> {
            PartSender whole = sender();
            segments().close();
            whole.send(slabs, length);
        });
    }

    private void sending(Deque<byte[]> slabs, Runnable sending) {
        try {
            sending.run();
        } catch (StoreException | TakenOverException e) {
            slabs.forEach(services.budget()::recycle);
            services.budget().release(slabs.size());
            throw e;
        }
    }

    /** The multipart upload, begun if it was not yet. */
    PartSender sender() {
        if (sender == null) {
            // without parts there is no upload of an earlier session, and so there is an id
            begin(Objects.requireNonNull(uploadId));
        }
        return Objects.requireNonNull(sender);
    }

    private Segments segments() {
        return Objects.requireNonNull(segments);
    }

    /** All parts, when they have arrived and no segment takes more. */
    List<Part> close() {
        PartSender whole = sender();
        segments().close();
        return whole.awaitAll();
    }

    /** What is to become parts when all that was sent has arrived. */
    List<Segment> segmentsLeft() {
        return sender == null ? List.of() : segments().left();
    }

    /** The file is published: nothing is left of its segments. */
    void forgetSegments() {
        if (segments != null) {
            segments.remove();
        }
    }

    /** Waits until no part uses memory any more, whatever becomes of them. */
    void awaitQuiet() {
        if (sender != null) {
            segments().awaitQuiet();
            sender.awaitQuiet();
        }
    }

    /** Drops what this session sent. What an earlier one left is not this one's to throw away. */
    void discard() {
        if (sender != null && !(from instanceof Resumption.Unfinished)) {
            boolean ignored = calls.abort(sender.upload());
            forgetSegments();
        }
    }

    private void begin(String id) {
        Map<String, String> metadata = target.isHeld()
                ? Map.of(Withheld.UPLOAD_ID, id, Withheld.EXPECTED, "1")
                : Map.of(Withheld.UPLOAD_ID, id);
        UploadRequest request = new UploadRequest(target.partsKey(), CONTENT_TYPE, metadata);
        UploadRef upload = calls.retry(() -> services.store().startUpload(request));
        if (target.isHeld()) {
            announce(upload, id);
        }
        try {
            List<Part> copied = from instanceof Resumption.Stored stored && isCopied(stored)
                    ? copy(upload, stored.object())
                    : List.of();
            begin(upload, copied, List.of());
        } catch (StoreException e) {
            calls.abort(upload);
            throw e;
        }
    }

    /** If the store fails, the record may be there: then the upload, which has no parts yet, must be there too. */
    private void announce(UploadRef upload, String id) {
        try {
            ownership.announce(upload, id);
        } catch (TakenOverException e) {
            calls.abort(upload);
            throw e;
        }
    }

    private List<Part> copy(UploadRef upload, ObjectInfo object) {
        CopySource source = CopySource.pinned(object.key(), object.etag());
        long count = Math.ceilDiv(object.size(), limits().maxPartBytes());
        long step = Math.ceilDiv(object.size(), count);
        List<Part> parts = new ArrayList<>();
        for (long offset = 0; offset < object.size(); offset += step) {
            int number = parts.size() + 1;
            ByteRange range = new ByteRange(offset, Math.min(step, object.size() - offset));
            Part part = calls.retry(() -> services.store().copyPart(upload, number, source, count == 1 ? null : range));
            parts.add(new Part(number, range.length(), part.etag(), part.crc32()));
        }
        return parts;
    }
}
