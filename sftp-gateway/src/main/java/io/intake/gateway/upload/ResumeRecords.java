package io.intake.gateway.upload;

import io.intake.store.AbsentException;
import io.intake.store.ConditionalWrites;
import io.intake.store.ListPage;
import io.intake.store.ListRequest;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.ReadRequest;
import io.intake.store.StoreException;
import io.intake.store.TransientStoreException;
import io.intake.store.UploadRef;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The resume records in the store. Thread-safe. */
final class ResumeRecords {
    private static final String CONTENT_TYPE = "application/json";

    private final ObjectStore store;
    private final Publication calls;
    private final ConditionalWrites writes;
    private final SegmentSearch segments;

    ResumeRecords(ObjectStore store, Pause pause, Supplier<String> ids, SegmentSearch segments) {
        this.store = store;
        this.calls = new Publication(store, pause);
        this.writes = new ConditionalWrites(store, ids, pause::pause);
        this.segments = segments;
    }

    /** A record's version in the store. */
    record Versioned(ResumeRecord record, ObjectInfo info) {}

    Optional<Versioned> read(String recordKey) {
        return calls.retry(() -> {
            try (ObjectContent content = store.read(ReadRequest.whole(recordKey))) {
                return ResumeRecord.fromJson(content.stream().readAllBytes())
                        .map(record -> new Versioned(record, content.info()));
            } catch (AbsentException none) {
                return Optional.<Versioned>empty();
            } catch (IOException broken) {
                throw new TransientStoreException("read", recordKey, "the connection was lost", broken);
            }
        });
    }

    /** All records whose keys begin with a prefix. */
    List<Versioned> under(String prefix) {
        List<Versioned> found = new ArrayList<>();
        for (ListRequest next = ListRequest.under(prefix); next != null; ) {
            ListRequest request = next;
            ListPage page = calls.retry(() -> store.list(request));
            page.objects().stream()
                    .filter(object -> object.key().endsWith(UploadTarget.RECORD_SUFFIX))
                    .flatMap(object -> read(object.key()).stream())
                    .forEach(found::add);
            next = page.continuation() == null ? null : request.after(page.continuation());
        }
        return found;
    }

    /**
     * Writes a record in place of a version, or where there is none.
     *
     * @return empty if somebody else wrote meanwhile
     */
    Optional<Partial> write(UploadTarget target, ResumeRecord record, @Nullable String replaces) {
        Optional<ObjectInfo> written = replaces == null
                ? writes.create(target.recordKey(), record.toJson(), CONTENT_TYPE)
                : writes.replace(target.recordKey(), replaces, record.toJson(), CONTENT_TYPE);
        return written.map(info -> new Partial(target, record, info.etag(), info.lastModified()));
    }

    /** Whether a record still is the version that was written. */
    boolean isCurrent(UploadTarget target, @Nullable String etag) {
        return calls.retry(() -> store.head(target.recordKey()))
                .filter(info -> info.etag().equals(etag))
                .isPresent();
    }

    /** Deletes what a record tells of; a failure leaves it to the bucket's lifecycle rules. */
    void dispose(UploadTarget target, ResumeRecord record) {
        UploadRef upload = record.upload();
        if (upload != null) {
            boolean ignored = calls.abort(upload);
        }
        segments.remove(target, record);
        deleteTail(record);
    }

    void deleteTail(ResumeRecord record) {
        if (record.tail() != null) {
            discard(record.tail().key());
        }
    }

    /** Deletes an object that nothing refers to; a failure leaves it to the bucket's lifecycle rules. */
    void discard(String key) {
        try {
            store.delete(key);
        } catch (StoreException left) {
            // it expires
        }
    }
}
