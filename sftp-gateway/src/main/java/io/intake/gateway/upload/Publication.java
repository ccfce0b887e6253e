package io.intake.gateway.upload;

import io.intake.bucket.Withheld;
import io.intake.store.AbsentException;
import io.intake.store.AlreadyPresentException;
import io.intake.store.CompleteRequest;
import io.intake.store.Content;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.Part;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.StoreException;
import io.intake.store.TransientStoreException;
import io.intake.store.UploadRef;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The store calls of an upload, tried again where that can help. A publishing call whose answer was lost is settled by
 * asking the store whose object is there: every object carries its upload's id. Thread-safe.
 */
final class Publication {
    /** The metadata name of the upload's id. */
    static final String UPLOAD_ID = Withheld.UPLOAD_ID;

    /** The metadata name of the whole file's CRC32, eight hexadecimal digits. */
    static final String CRC32 = "crc32";

    private static final int ATTEMPTS = 4;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

    private final ObjectStore store;
    private final Pause pause;

    Publication(ObjectStore store, Pause pause) {
        this.store = store;
        this.pause = pause;
    }

    Part sendPart(UploadRef upload, int number, Content content) {
        return retry(() -> store.uploadPart(upload, number, content));
    }

    /**
     * Stores a whole file; it carries its upload's id.
     *
     * @throws AlreadyPresentException if absence was asked for and there is another object
     */
    UploadEnd put(String key, Content content, String uploadId, Precondition precondition) {
        Map<String, String> metadata = Map.of(UPLOAD_ID, uploadId, CRC32, "%08x".formatted(content.crc32()));
        PutRequest request = new PutRequest(key, content, PartUploads.CONTENT_TYPE, metadata, precondition);
        ObjectInfo object = publish(() -> store.put(request), key, own(uploadId, content.length()));
        return new UploadEnd.Published(content.length(), content.crc32(), object);
    }

    /**
     * Publishes a multipart upload.
     *
     * @param uploadId the id it was started with; null where not known
     * @param ownership is asked again before an object that another session may have completed is taken for this one's
     * @throws AlreadyPresentException if absence was asked for and there is another object
     * @throws TakenOverException if another session has it
     */
    UploadEnd complete(
            UploadRef upload,
            List<Part> parts,
            @Nullable String uploadId,
            long size,
            Precondition precondition,
            Ownership ownership) {
        AtomicBoolean answered = new AtomicBoolean();
        UploadEnd end = complete(upload, parts, uploadId, size, precondition, answered);
        if (!answered.get()) {
            ownership.check(upload);
        }
        return end;
    }

    /**
     * The same where something must hold of the key.
     *
     * @throws AlreadyPresentException if absence was asked for and there is another object
     */
    UploadEnd complete(
            UploadRef upload, List<Part> parts, @Nullable String uploadId, long size, Precondition precondition) {
        return complete(upload, parts, uploadId, size, precondition, new AtomicBoolean());
    }

    private UploadEnd complete(
            UploadRef upload,
            List<Part> parts,
            @Nullable String uploadId,
            long size,
            Precondition precondition,
            AtomicBoolean answered) {
        Long crc32 = PartSender.crc32(parts);
        CompleteRequest request = new CompleteRequest(upload, parts, size, crc32, precondition);
        // without an id, the number of parts in the ETag (as S3 makes it) and the size are what tells it
        Predicate<ObjectInfo> own = uploadId != null
                ? own(uploadId, size)
                : info -> info.size() == size && info.etag().endsWith("-" + parts.size());
        ObjectInfo object = publish(
                () -> {
                    ObjectInfo completed = store.completeUpload(request);
                    answered.set(true);
                    return completed;
                },
                upload.key(),
                own);
        return new UploadEnd.Published(size, crc32, object);
    }

    static Predicate<ObjectInfo> own(String uploadId, long size) {
        return info -> uploadId.equals(info.metadata().get(UPLOAD_ID)) && info.size() == size;
    }

    private ObjectInfo publish(Supplier<ObjectInfo> call, String key, Predicate<ObjectInfo> own) {
        for (int attempt = 1; ; attempt++) {
            try {
                return call.get();
            } catch (TransientStoreException | AbsentException | AlreadyPresentException doubt) {
                Optional<ObjectInfo> settled = settle(key, own);
                if (settled.isPresent()) {
                    return settled.get();
                }
                if (attempt == ATTEMPTS || !(doubt instanceof TransientStoreException)) {
                    throw doubt;
                }
                pause.pause(FIRST_PAUSE.multipliedBy(1L << attempt));
            }
        }
    }

    /** The object, if it is this upload's; empty too while the store does not answer. */
    private Optional<ObjectInfo> settle(String key, Predicate<ObjectInfo> own) {
        try {
            return retry(() -> store.head(key)).filter(own);
        } catch (TransientStoreException unknown) {
            return Optional.empty();
        }
    }

    /** Drops an upload; a failure leaves parts to the bucket's lifecycle rule and is of no consequence to the client. */
    boolean abort(UploadRef upload) {
        try {
            retry(() -> {
                store.abortUpload(upload);
                return upload;
            });
            return true;
        } catch (StoreException e) {
            return false;
        }
    }

    /** Tries a call that may be made twice. */
    <T> T retry(Supplier<T> call) {
        for (int attempt = 1; ; attempt++) {
            try {
                return call.get();
            } catch (TransientStoreException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                pause.pause(FIRST_PAUSE.multipliedBy(1L << attempt));
            }
        }
    }
}
