package io.intake.processors.unzip;

import io.intake.store.AbsentException;
import io.intake.store.AlreadyPresentException;
import io.intake.store.ByteRange;
import io.intake.store.CompleteRequest;
import io.intake.store.Content;
import io.intake.store.CopySource;
import io.intake.store.ObjectStore;
import io.intake.store.ObjectStore.Limits;
import io.intake.store.Part;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.RepeatedParts;
import io.intake.store.TransientStoreException;
import io.intake.store.UploadRef;
import io.intake.store.UploadRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Copies an object inside the store if there is none at the target: S3's own copy knows no such condition everywhere. */
final class CopyOnce {
    private static final String TYPE = "application/octet-stream";

    private CopyOnce() {}

    /**
     * Copies. What is at the target already is taken for an earlier copy.
     *
     * @param source pinned to its ETag
     * @param size its bytes
     * @throws AbsentException if the source is gone
     * @throws io.intake.store.ConflictException if it was replaced
     */
    static void copy(ObjectStore store, CopySource source, long size, String target) {
        if (size == 0) {
            putEmpty(store, target);
            return;
        }
        UploadRef upload = store.startUpload(new UploadRequest(target, TYPE, Map.of()));
        boolean published = false;
        try {
            publish(store, upload, parts(store, upload, source, size), size);
            published = true;
        } catch (AbsentException gone) {
            // whoever published first ends the uploads of the others
            if (store.head(target).isEmpty()) {
                throw gone;
            }
        } finally {
            if (!published) {
                store.abortUpload(upload);
            }
        }
    }

    private static List<Part> parts(ObjectStore store, UploadRef upload, CopySource source, long size) {
        List<Part> parts = new ArrayList<>();
        for (long offset = 0; offset < size; offset += Limits.MAX_PART_BYTES) {
            long length = Math.min(Limits.MAX_PART_BYTES, size - offset);
            ByteRange range = length == size ? null : new ByteRange(offset, length);
            parts.add(store.copyPart(upload, parts.size() + 1, source, range));
        }
        return parts;
    }

    private static void publish(ObjectStore store, UploadRef upload, List<Part> parts, long size) {
        try {
            RepeatedParts.complete(store, new CompleteRequest(upload, parts, size, null, Precondition.IF_ABSENT));
        } catch (AlreadyPresentException earlier) {
            store.abortUpload(upload);
        } catch (AbsentException done) {
            // completed by a request whose answer was lost, or else there would be nothing at the target
            if (store.head(upload.key()).isEmpty()) {
                throw new TransientStoreException("copy", upload.key(), "the upload was ended by somebody else", done);
            }
        }
    }

    private static void putEmpty(ObjectStore store, String target) {
        try {
            store.put(new PutRequest(target, Content.of(new byte[0]), TYPE, Map.of(), Precondition.IF_ABSENT));
        } catch (AlreadyPresentException earlier) {
            // as it should be
        }
    }
}
