package io.intake.gateway.upload;

import io.intake.store.AbsentException;
import io.intake.store.ListPage;
import io.intake.store.ListRequest;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.Part;
import io.intake.store.StoreException;
import io.intake.store.UploadPage;
import io.intake.store.UploadRef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds and removes the segments of uploads. Their keys tell which upload and which of its parts they are for, so that any
 * gateway finds them. Thread-safe; every method calls the store.
 */
final class SegmentSearch {
    private final ObjectStore store;
    private final Publication calls;
    private final PartLimits limits;

    SegmentSearch(ObjectStore store, Publication calls, PartLimits limits) {
        this.store = store;
        this.calls = calls;
        this.limits = limits;
    }

    private record Candidate(UploadPage.Unfinished upload, List<Part> parts) {}

    /**
     * What follows the parts of an upload: segments that are whole and were not copied yet, then perhaps one that is not.
     *
     * @param storeId of the upload
     * @param after how many parts it has; without a request if segments cannot follow
     */
    List<Segment> find(UploadTarget target, String storeId, int after) {
        List<Segment> found = new ArrayList<>();
        if (after < limits.inPlaceParts()) {
            return found;
        }
        int number = after + 1;
        for (; number <= limits.maxParts(); number++) {
            String key = target.segmentKey(storeId, number);
            Optional<ObjectInfo> whole = calls.retry(() -> store.head(key));
            if (whole.isEmpty()) {
                break;
            }
            found.add(Segment.object(key, whole.get().etag(), whole.get().size()));
        }
        open(target.segmentKey(storeId, number)).ifPresent(found::add);
        return found;
    }

    /** Of several, the newest: an earlier one is of a session that was taken over, or of a call that was made twice. */
    private Optional<Segment> open(String key) {
        return calls.retry(() -> store.listUploads(key, null)).uploads().stream()
                .filter(upload -> upload.ref().key().equals(key))
                .flatMap(this::withParts)
                .max(Comparator.comparing(
                                (Candidate candidate) -> candidate.upload().initiated())
                        .thenComparingInt(candidate -> candidate.parts().size()))
                .map(newest -> Segment.open(key, newest.upload().ref().uploadId(), newest.parts()));
    }

    private Stream<Candidate> withParts(UploadPage.Unfinished upload) {
        try {
            List<Part> listed = calls.retry(() -> store.listParts(upload.ref()));
            return Stream.of(new Candidate(upload, Recovery.contiguous(1, listed, limits)));
        } catch (AbsentException endedMeanwhile) {
            return Stream.empty();
        }
    }

    /**
     * Removes all segments of an upload, which is over; a failure leaves them to the bucket's lifecycle rules.
     *
     * @param storeId of the upload
     */
    void remove(UploadTarget target, String storeId) {
        String prefix = target.segmentPrefix(storeId);
        try {
            UploadPage uploads = calls.retry(() -> store.listUploads(prefix, null));
            for (UploadPage.Unfinished upload : uploads.uploads()) {
                boolean ignored = calls.abort(upload.ref());
            }
            ListPage objects = calls.retry(() -> store.list(ListRequest.under(prefix)));
            for (ObjectInfo object : objects.objects()) {
                store.delete(object.key());
            }
        } catch (StoreException left) {
            // they expire
        }
    }

    /** The same for an upload with a record; without a request if it has none. */
    void remove(UploadTarget target, ResumeRecord record) {
        UploadRef upload = record.upload();
        if (upload != null && record.mayHaveSegments(limits)) {
            remove(target, upload.uploadId());
        }
    }

    /** Drops an upload and its segments; a failure leaves them to the bucket's lifecycle rules. */
    void drop(UploadTarget target, UploadRef upload) {
        boolean ignored = calls.abort(upload);
        remove(target, upload.uploadId());
    }
}
