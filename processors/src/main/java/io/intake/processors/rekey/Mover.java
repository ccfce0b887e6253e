package io.intake.processors.rekey;

import io.intake.processors.job.Rekeyed;
import io.intake.store.ByteRange;
import io.intake.store.CompleteRequest;
import io.intake.store.Content;
import io.intake.store.CopySource;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.ObjectStore.Limits;
import io.intake.store.Part;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.ReadRequest;
import io.intake.store.StoreException;
import io.intake.store.TransientStoreException;
import io.intake.store.UploadRef;
import io.intake.store.UploadRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Moves one object to another key: a copy that never replaces anything, then a delete. Killed in between it leaves both,
 * and the next run tells the copy by its mark. Thread-safe.
 */
final class Mover {
    /** Up to this size an object is read and written; a larger one is copied by the store. */
    private static final int IN_MEMORY_BYTES = 8 << 20;

    private static final long PART_BYTES = 512L << 20;

    private final ObjectStore store;

    Mover(ObjectStore store) {
        this.store = store;
    }

    /**
     * Moves an object.
     *
     * @param source as HEAD describes it
     * @param metadata of the copy: {@link Rekeyed#mark}
     */
    Outcome move(ObjectInfo source, String target, Map<String, String> metadata) {
        Optional<ObjectInfo> there = store.head(target);
        if (there.isPresent()) {
            return settle(source, there.get());
        }
        copy(source, target, metadata);
        Optional<ObjectInfo> copied = store.head(target);
        if (copied.filter(copy -> Rekeyed.isMoved(copy, source)).isEmpty()) {
            return copied.map(other -> settle(source, other)).orElse(Outcome.FAILED);
        }
        return delete(source) ? Outcome.MOVED : Outcome.IN_USE;
    }

    private Outcome settle(ObjectInfo source, ObjectInfo there) {
        if (Rekeyed.isMoved(there, source)) {
            return delete(source) ? Outcome.FINISHED : Outcome.IN_USE;
        }
        if (there.lastModified().isBefore(source.lastModified())) {
            return Outcome.CONFLICT;
        }
        return delete(source) ? Outcome.REPLACED : Outcome.IN_USE;
    }

    /** Deletes what was seen; false if something else is there now. */
    private boolean delete(ObjectInfo source) {
        boolean same = store.head(source.key())
                .filter(now -> now.etag().equals(source.etag()))
                .isPresent();
        if (same) {
            store.delete(source.key());
        }
        return same;
    }

    private void copy(ObjectInfo source, String target, Map<String, String> metadata) {
        String type = source.contentType() == null ? "application/octet-stream" : source.contentType();
        if (source.size() <= IN_MEMORY_BYTES) {
            store.put(new PutRequest(target, Content.of(bytes(source)), type, metadata, Precondition.IF_ABSENT));
            return;
        }
        UploadRef upload = store.startUpload(new UploadRequest(target, type, metadata));
        try {
            List<Part> parts = new ArrayList<>();
            long step = Math.max(PART_BYTES, Math.ceilDiv(source.size(), Limits.MAX_PARTS));
            for (long offset = 0; offset < source.size(); offset += step) {
                ByteRange range = new ByteRange(offset, Math.min(step, source.size() - offset));
                parts.add(store.copyPart(
                        upload, parts.size() + 1, CopySource.pinned(source.key(), source.etag()), range));
            }
            store.completeUpload(new CompleteRequest(upload, parts, source.size(), null, Precondition.IF_ABSENT));
        } catch (StoreException e) {
            abort(upload, e);
            throw e;
        }
    }

    private byte[] bytes(ObjectInfo source) {
        try (ObjectContent content = store.read(new ReadRequest(source.key(), null, source.etag(), null))) {
            byte[] bytes = content.stream().readAllBytes();
            if (bytes.length != source.size()) {
                throw new IOException("the store's answer ended early");
            }
            return bytes;
        } catch (IOException lost) {
            throw new TransientStoreException("read", source.key(), "the connection was lost", lost);
        }
    }

    private void abort(UploadRef upload, StoreException cause) {
        try {
            store.abortUpload(upload);
        } catch (StoreException e) {
            // the bucket's rule for unfinished uploads will
            cause.addSuppressed(e);
        }
    }
}
