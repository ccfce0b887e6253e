package io.intake.store;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One bucket of an S3-compatible store. The only way the rest of the system touches storage; kept as small as its users
 * allow.
 *
 * <p>All calls block and may be made from any thread; implementations are thread-safe. Reads and lists are strongly
 * consistent with earlier writes, as S3's are. Every failure is a {@link StoreException} that says what was being done
 * and whether trying again can help; its message never holds an object's full key where that may be a patient's name.
 *
 * <p>Limits that callers must respect (AWS, "Amazon S3 multipart upload limits"): parts are 5 MiB to 5 GiB, only the last
 * one may be smaller; at most {@value Limits#MAX_PARTS} parts per upload; keys are at most {@value Limits#MAX_KEY_BYTES}
 * bytes of UTF-8.
 */
public interface ObjectStore extends AutoCloseable {

    /** S3's limits, as far as callers need them. */
    final class Limits {
        /** Smallest part that is not the last one, in bytes. */
        public static final int MIN_PART_BYTES = 5 << 20;
        /** Largest part, and largest source of a single copy, in bytes. */
        public static final long MAX_PART_BYTES = 5L << 30;
        /** Highest part number. */
        public static final int MAX_PARTS = 10_000;
        /** Longest key, in bytes of UTF-8. */
        public static final int MAX_KEY_BYTES = 1_024;

        private Limits() {}
    }

    /**
     * Describes an object.
     *
     * @return empty if there is no such object
     */
    Optional<ObjectInfo> head(String key);

    /**
     * Opens an object, or a range of it, for reading. The caller closes what it gets; closing early drops the rest without
     * reading it.
     *
     * @throws AbsentException if there is no such object (or version)
     * @throws ConflictException if the request is pinned to an ETag that the object no longer has
     * @throws RangeException if the range starts at or beyond the object's end
     */
    ObjectContent read(ReadRequest request);

    /** Lists one page of keys in ascending order of their UTF-8 bytes. */
    ListPage list(ListRequest request);

    /**
     * Stores an object in one request, whole or not at all. The content's CRC32 is sent along, so that the store refuses
     * what was damaged on its way.
     *
     * @throws AlreadyPresentException if the request asks for absence and there is an object
     * @throws ConflictException if the request asks for an ETag that the object does not have
     * @throws AbsentException if the request asks for an ETag and there is no object
     */
    ObjectInfo put(PutRequest request);

    /**
     * Copies an object of any size inside the store, with its metadata and content type; replaces what is at the target.
     *
     * @param source the object to copy, pinned to its ETag where the source names one
     * @throws AbsentException if there is no such source
     * @throws ConflictException if the source no longer has the ETag asked for
     */
    default ObjectInfo copy(CopySource source, String targetKey) {
        return copy(source, targetKey, Map.of());
    }

    /**
     * The same with more metadata.
     *
     * @param more put to the source's metadata, in place of what that has of the same names
     */
    ObjectInfo copy(CopySource source, String targetKey, Map<String, String> more);

    /** Deletes an object. Succeeds if there is none. */
    void delete(String key);

    /** Starts a multipart upload. Nothing is visible under its key until {@link #completeUpload}. */
    UploadRef startUpload(UploadRequest request);

    /**
     * Uploads one part; a part sent again under the same number replaces the earlier one.
     *
     * @param number 1 to {@value Limits#MAX_PARTS}
     * @throws AbsentException if the upload was completed, aborted or never started
     */
    Part uploadPart(UploadRef upload, int number, Content content);

    /**
     * Makes a range of an existing object a part, inside the store.
     *
     * @param range null for the whole source; a range is only allowed where the source is larger than 5 MiB
     * @throws AbsentException if the upload or the source is absent
     * @throws ConflictException if the source no longer has the ETag asked for
     */
    Part copyPart(UploadRef upload, int number, CopySource source, @Nullable ByteRange range);

    /**
     * Publishes an upload: the only call that makes its key visible. An unfinished upload that is never completed is never
     * visible.
     *
     * <p>The answer's content type and metadata may be left out; {@link #head} has them.
     *
     * <p>An upload that this store has already completed may answer success or {@link AbsentException}: whoever is not sure
     * asks {@link #head} and compares the metadata given to {@link #startUpload}.
     *
     * @throws AbsentException if the upload is not known
     * @throws AlreadyPresentException if absence was asked for and there is an object; the upload stays
     * @throws ConflictException if an ETag was asked for that the object does not have; the upload stays
     * @throws PermanentStoreException if a part is missing, too small, or the checksum or size do not match
     */
    ObjectInfo completeUpload(CompleteRequest request);

    /** Drops an upload and its parts. Succeeds if it is not known. */
    void abortUpload(UploadRef upload);

    /** Lists unfinished uploads under a prefix, in ascending order of their keys. */
    UploadPage listUploads(String prefix, @Nullable String continuation);

    /**
     * Lists all parts of an unfinished upload by ascending number.
     *
     * @throws AbsentException if the upload is not known (some stores answer an empty list instead)
     */
    List<Part> listParts(UploadRef upload);

    /** Releases connections. Does not touch the bucket. */
    @Override
    void close();
}
