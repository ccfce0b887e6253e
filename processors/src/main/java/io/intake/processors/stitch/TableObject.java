package io.intake.processors.stitch;

import io.intake.bucket.BucketLayout;
import io.intake.processors.stitch.StitchCursor.Open;
import io.intake.processors.stitch.StitchCursor.Phase;
import io.intake.processors.stitch.StitchCursor.Position;
import io.intake.store.AbsentException;
import io.intake.store.AlreadyPresentException;
import io.intake.store.ByteRange;
import io.intake.store.CompleteRequest;
import io.intake.store.Content;
import io.intake.store.CopySource;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.Part;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.RepeatedParts;
import io.intake.store.StoreException;
import io.intake.store.UploadRef;
import io.intake.store.UploadRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a table's object, in parts that end where rows end. Several invocations may do so at once: they write the same
 * bytes, the first to publish wins, and the others find that it is as they would have it. Thread-safe.
 */
final class TableObject {
    private static final String TYPE = "application/x-ndjson";
    /** The metadata name of the job that wrote an object. */
    private static final String JOB = "job";
    /** The metadata name of the CRC-32 of an object that was put whole, in hexadecimal digits. */
    private static final String CRC32 = "crc32";

    private final ObjectStore store;
    private final String job;
    private final int table;
    private final String key;

    TableObject(ObjectStore store, String job, int table) {
        this.store = store;
        this.job = job;
        this.table = table;
        this.key = BucketLayout.stitched(job, table);
    }

    /** Stores a table that fits into one part. */
    void put(Content content) {
        try {
            Map<String, String> metadata = Map.of(JOB, job, CRC32, Long.toHexString(content.crc32()));
            store.put(new PutRequest(key, content, TYPE, metadata, Precondition.IF_ABSENT));
        } catch (AlreadyPresentException there) {
            requireOurs(content.length(), content.crc32());
        }
    }

    /** Starts an upload, to be saved before its first part. */
    Open start() {
        return start(TYPE);
    }

    /** Starts an upload of something else than JSON lines. */
    Open start(String type) {
        UploadRef upload = store.startUpload(new UploadRequest(key, type, metadata()));
        return new Open(Phase.WRITING, upload.uploadId(), List.of(), Position.START);
    }

    /** Sends a part; what is known of it is what we sent. */
    Part upload(Open open, int number, Content content) {
        Part sent = store.uploadPart(upload(open), number, content);
        return new Part(number, content.length(), sent.etag(), content.crc32());
    }

    /** Makes a range of an object a part; the whole object where it is that. */
    Part copy(Open open, int number, CopySource source, ByteRange range, long size) {
        Part copied = store.copyPart(upload(open), number, source, range.length() == size ? null : range);
        return new Part(number, range.length(), copied.etag(), copied.crc32());
    }

    /**
     * Publishes an upload, or finds that it is published.
     *
     * @return false if the upload is gone and nothing is published: the store's rules for old uploads took it
     */
    boolean complete(Open open) {
        try {
            RepeatedParts.complete(
                    store,
                    new CompleteRequest(
                            upload(open), open.parts(), open.bytes(), open.crc32(), Precondition.IF_ABSENT));
            return true;
        } catch (AbsentException gone) {
            if (store.head(key).isEmpty()) {
                return false;
            }
            requireOurs(open.bytes(), null);
            return true;
        } catch (AlreadyPresentException there) {
            requireOurs(open.bytes(), null);
            store.abortUpload(upload(open));
            return true;
        }
    }

    /** Drops an upload of a table that is refused; if that fails, the sweeper finds it. */
    void abandon(Open open) {
        try {
            store.abortUpload(upload(open));
        } catch (StoreException ignored) {
            // The refusal matters more
        }
    }

    /** An upload's metadata is given before its bytes are known, so that only size and job can be compared. */
    private void requireOurs(long bytes, @Nullable Long crc32) {
        ObjectInfo info = store.head(key).orElseThrow(() -> StitchFailures.outputConflict(table));
        boolean sameCrc =
                crc32 == null || Long.toHexString(crc32).equals(info.metadata().get(CRC32));
        if (info.size() != bytes || !sameCrc || !job.equals(info.metadata().get(JOB))) {
            throw StitchFailures.outputConflict(table);
        }
    }

    private Map<String, String> metadata() {
        return Map.of(JOB, job);
    }

    private UploadRef upload(Open open) {
        return new UploadRef(key, open.uploadId());
    }
}
