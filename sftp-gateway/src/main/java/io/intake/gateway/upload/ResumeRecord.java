package io.intake.gateway.upload;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.intake.store.Part;
import io.intake.store.UploadRef;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of an unfinished upload: durable parts, then perhaps a tail too small to be a part. Written when a session is
 * lost and when another one takes the upload over; whoever's write is the last owns the upload. Immutable.
 *
 * @param key the object's key
 * @param generation 1, and one more with each write
 * @param owner an id that no other write has; makes each version's ETag its own
 * @param parked whether its session has ended. If not, the store may hold more parts than the record names
 * @param base the ETag of the object that was under the key; null if none was. Once another object is there the record is
 *     out of date: the file was uploaded by other means
 * @param multipart null while there are less bytes than a part has
 * @param tail the bytes behind the parts; null if there are none
 * @param partsKey the key of the multipart upload; null if it is the object's
 * @param closed whether the client has closed the file, which has a temporary name: it is whole and is published when it is
 *     renamed
 * @param moving whether a rename to another name than the expected one was begun: then a mark may withhold what is under the
 *     expected one ({@link io.intake.bucket.Withheld})
 */
record ResumeRecord(
        String key,
        long generation,
        String owner,
        boolean parked,
        @Nullable String base,
        @Nullable Multipart multipart,
        @Nullable Tail tail,
        @Nullable String partsKey,
        boolean closed,
        boolean moving) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /**
     * The store's unfinished upload.
     *
     * @param storeId the store's id of it
     * @param uploadId the id in its metadata; null where the upload was found without a record
     * @param parts from the file's start, numbered from 1 without a gap
     * @param segments that become the parts behind those, in order; only the last one is not whole
     */
    record Multipart(String storeId, @Nullable String uploadId, List<Part> parts, List<Segment> segments) {
        Multipart {
            parts = List.copyOf(parts);
            // records of uploads that need none may not have the word
            segments = segments == null ? List.of() : List.copyOf(segments);
        }

        /** Without segments. */
        Multipart(String storeId, @Nullable String uploadId, List<Part> parts) {
            this(storeId, uploadId, parts, List.of());
        }

        long size() {
            return parts.stream().mapToLong(Part::size).sum()
                    + segments.stream().mapToLong(Segment::size).sum();
        }

        Multipart with(List<Part> durable, List<Segment> following) {
            return new Multipart(storeId, uploadId, durable, following);
        }
    }

    /** Bytes kept as an object of their own. */
    record Tail(String key, long size, long crc32) {}

    /** The durable bytes. */
    long size() {
        return partBytes() + (tail == null ? 0 : tail.size());
    }

    /** Where the tail begins: behind all parts, those of segments too. */
    long partBytes() {
        return multipart == null ? 0 : multipart.size();
    }

    /** The store's upload, if there is one. */
    @Nullable
    UploadRef upload() {
        return multipart == null ? null : new UploadRef(partsKey == null ? key : partsKey, multipart.storeId());
    }

    /** Whether segments may be in the store: of a session that did not park there may be some that the record does not name. */
    boolean mayHaveSegments(PartLimits limits) {
        return multipart != null && (!parked || multipart.parts().size() >= limits.inPlaceParts());
    }

    /** The next version: the same bytes for a new owner. */
    ResumeRecord takenOver(String newOwner, @Nullable String newBase) {
        return new ResumeRecord(
                key, generation + 1, newOwner, false, newBase, multipart, tail, partsKey, closed, moving);
    }

    /** The next version: the same bytes, whose session is over. */
    ResumeRecord givenBack(String newOwner) {
        return new ResumeRecord(key, generation + 1, newOwner, true, base, multipart, tail, partsKey, closed, moving);
    }

    /** The next version: a rename to an unexpected name is about to begin. */
    ResumeRecord beingMoved(String newOwner) {
        return new ResumeRecord(key, generation + 1, newOwner, true, base, multipart, tail, partsKey, closed, true);
    }

    /** With other bytes: not those that the client has closed. */
    ResumeRecord with(@Nullable Multipart newMultipart, @Nullable Tail newTail) {
        return new ResumeRecord(key, generation, owner, parked, base, newMultipart, newTail, partsKey, false, moving);
    }

    /**
     * Whether the upload was found without a record. Then the session that began it may be alive and know nothing of this one:
     * the record stays, out of date, when the file is published, to tell that session that it was not its doing.
     */
    boolean isFound() {
        return multipart != null && multipart.uploadId() == null;
    }

    /** Whether only the rename is missing. */
    boolean isComplete() {
        return closed && parked && multipart != null;
    }

    /** Jackson leaves null what it does not find. */
    private static boolean isReadable(@Nullable ResumeRecord record) {
        return record != null && record.key() != null && record.owner() != null;
    }

    byte[] toJson() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a resume record can always be written", e);
        }
    }

    /** Empty for what no gateway wrote: then the upload begins anew. */
    static Optional<ResumeRecord> fromJson(byte[] json) {
        try {
            return Optional.ofNullable(JSON.readValue(json, ResumeRecord.class)).filter(ResumeRecord::isReadable);
        } catch (IOException | IllegalArgumentException | NullPointerException damaged) {
            return Optional.empty();
        }
    }
}
