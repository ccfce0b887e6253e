package io.intake.processors.forward.s3;

import io.intake.bucket.BucketLayout;
import io.intake.processors.Json;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.HandOver.Handed;
import io.intake.processors.forward.HandOver.Piece;
import io.intake.store.AbsentException;
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
import io.intake.store.TransientStoreException;
import io.intake.store.UploadRef;
import io.intake.store.UploadRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Copies long objects into another bucket part by part. The upload's id is in our own bucket before its first part, and each
 * part as soon as it is there, so that a function which dies, or whose time is up, costs one part. Thread-safe.
 */
final class LongCopies {
    private static final Unavailable GONE = new Unavailable("S3_UPLOAD_GONE", null, true);

    private final ObjectStore source;
    private final String bucket;
    private final long partBytes;

    /**
     * @param source our own bucket
     * @param bucket its name
     * @param partBytes of a part; parts grow where 10,000 would not suffice
     */
    LongCopies(ObjectStore source, String bucket, long partBytes) {
        this.source = source;
        this.bucket = bucket;
        this.partBytes = partBytes;
    }

    /**
     * How far a copy is.
     *
     * @param etag of what is copied
     * @param upload the upload's id; null once it is over
     * @param parts that are there
     */
    record Copied(String etag, @Nullable String upload, List<Part> parts) {
        Copied {
            parts = List.copyOf(parts);
        }

        Copied with(Part part) {
            List<Part> more = new ArrayList<>(parts);
            more.add(part);
            return new Copied(etag, upload, more);
        }
    }

    /** Whether an object takes more than one part. */
    boolean isLong(Piece piece) {
        return piece.object().size() > partBytes;
    }

    /**
     * Copies the next part; with the last one the object is there.
     *
     * @param target its key there
     * @param done is told of it before the object counts as handed over
     */
    Handed step(ObjectStore there, Piece piece, String target, Consumer<ObjectInfo> done) {
        ObjectInfo object = piece.object();
        Copied copied =
                saved(piece).filter(it -> it.etag().equals(object.etag())).orElse(null);
        String id = copied == null ? null : copied.upload();
        if (copied == null || id == null) {
            String type = object.contentType() == null ? "application/octet-stream" : object.contentType();
            UploadRef begun = there.startUpload(new UploadRequest(target, type, object.metadata()));
            id = begun.uploadId();
            copied = new Copied(object.etag(), id, List.of());
            save(piece, copied);
        }
        UploadRef upload = new UploadRef(target, id);
        long step = Math.max(partBytes, Math.ceilDiv(object.size(), Limits.MAX_PARTS));
        long offset = copied.parts().size() * step;
        try {
            if (offset < object.size()) {
                CopySource what = new CopySource(object.key(), object.etag(), null, bucket);
                ByteRange range = new ByteRange(offset, Math.min(step, object.size() - offset));
                copied = copied.with(there.copyPart(upload, copied.parts().size() + 1, what, range));
                save(piece, copied);
            }
            if (offset + step < object.size()) {
                return new Handed.More(offset + step, 0);
            }
            there.completeUpload(new CompleteRequest(upload, copied.parts(), object.size(), null, Precondition.ALWAYS));
        } catch (AbsentException unknown) {
            // Completed before, which nobody came to note, or thrown away by the other bucket's rules
            if (offset + step < object.size() || !isThere(there, target, object)) {
                save(piece, new Copied(object.etag(), null, List.of()));
                return new Handed.Not(GONE);
            }
        }
        ObjectInfo whole = there.head(target)
                .orElseThrow(() -> new TransientStoreException(
                        "head", target, "the object that was completed just now is not there", null));
        done.accept(whole);
        return new Handed.Done(piece.files(), whole.etag());
    }

    private static boolean isThere(ObjectStore there, String target, ObjectInfo object) {
        return there.head(target).filter(copy -> copy.size() == object.size()).isPresent();
    }

    private Optional<Copied> saved(Piece piece) {
        String key = key(piece);
        try (ObjectContent content = source.read(ReadRequest.whole(key))) {
            return Optional.of(Json.read(content.stream().readAllBytes(), Copied.class));
        } catch (AbsentException none) {
            return Optional.empty();
        } catch (IOException lost) {
            throw new TransientStoreException("read", key, "connection lost", lost);
        }
    }

    private void save(Piece piece, Copied copied) {
        source.put(PutRequest.of(key(piece), Content.of(Json.bytes(copied)), Json.TYPE));
    }

    private static String key(Piece piece) {
        return BucketLayout.handOverCopy(piece.job().id(), piece.number());
    }
}
