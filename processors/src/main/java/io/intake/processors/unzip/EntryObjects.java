package io.intake.processors.unzip;

import io.intake.bucket.BucketLayout;
import io.intake.processors.job.RefusedException;
import io.intake.processors.plan.Plan;
import io.intake.store.AbsentException;
import io.intake.store.AlreadyPresentException;
import io.intake.store.ByteRange;
import io.intake.store.CompleteRequest;
import io.intake.store.ConflictException;
import io.intake.store.Content;
import io.intake.store.CopySource;
import io.intake.store.Crc32;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.Part;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.ReadRequest;
import io.intake.store.RepeatedParts;
import io.intake.store.StoreException;
import io.intake.store.UploadPage;
import io.intake.store.UploadRef;
import io.intake.store.UploadRequest;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The objects that entries become. Each is written once, if there is none; one that is there already and has the entry's
 * size and CRC-32 is the work of an earlier or a concurrent invocation, and as good as ours. Thread-safe.
 */
final class EntryObjects {
    /** The metadata name of an entry's CRC-32: eight hex digits. */
    static final String CRC32 = "crc32";

    private static final String TYPE = "application/octet-stream";

    private final ObjectStore store;
    private final Keys keys;

    /** Gives the key of a numbered object of a job. */
    interface Keys {
        String of(String job, int number);
    }

    EntryObjects(ObjectStore store) {
        this(store, BucketLayout::entry);
    }

    EntryObjects(ObjectStore store, Keys keys) {
        this.store = store;
        this.keys = keys;
    }

    /** Where a numbered object is. */
    String key(String job, int number) {
        return keys.of(job, number);
    }

    /**
     * Describes a numbered object that was stored.
     *
     * @throws IllegalStateException if it is gone
     */
    ObjectInfo require(String job, int number) {
        return store.head(key(job, number))
                .orElseThrow(() -> new IllegalStateException("an object of job " + job + " was deleted meanwhile"));
    }

    /**
     * Stores an entry in one request.
     *
     * @param content verified
     * @throws RefusedException if another content is there
     */
    void put(String job, Plan.Entry entry, Content content, Member member) {
        String key = keys.of(job, entry.number());
        try {
            store.put(new PutRequest(key, content, TYPE, metadata(entry), Precondition.IF_ABSENT));
        } catch (AlreadyPresentException present) {
            requireOwn(job, entry, member);
        }
    }

    /**
     * Makes an entry of a whole object, inside the store. As with the others, once: a copy made again, later, would have
     * another ETag on S3 with SSE-KMS, and whoever reads the first would lose its place.
     *
     * @throws AbsentException if the source is gone
     * @throws io.intake.store.ConflictException if it was replaced
     */
    void copy(String job, int entry, CopySource source, long size) {
        String key = keys.of(job, entry);
        CopyOnce.copy(store, source, size, key);
        dropUploads(key);
    }

    /** Starts an upload, of which nothing is visible yet. */
    UploadRef start(String job, Plan.Entry entry) {
        String key = keys.of(job, entry.number());
        return store.startUpload(new UploadRequest(key, TYPE, metadata(entry)));
    }

    /**
     * Stores a part.
     *
     * @throws AbsentException if the upload is gone
     */
    Part part(UploadRef upload, int number, Content content) {
        return store.uploadPart(upload, number, content);
    }

    /**
     * Makes a part of a range of another object, inside the store.
     *
     * @throws AbsentException if the upload or the source is gone
     * @throws io.intake.store.ConflictException if the source was replaced
     */
    Part copyPart(UploadRef upload, int number, CopySource source, ByteRange range) {
        return store.copyPart(upload, number, source, range);
    }

    /** Whether an object is there as a source names it. */
    boolean present(CopySource source) {
        try (ObjectContent content =
                store.read(new ReadRequest(source.key(), new ByteRange(0, 1), source.ifMatch(), source.versionId()))) {
            return content.info().size() > 0;
        } catch (AbsentException | ConflictException gone) {
            return false;
        }
    }

    /**
     * Publishes an upload whose content was verified; succeeds too if it has been published before.
     *
     * @return false if the upload is gone and there is no object: the entry must be begun anew
     * @throws RefusedException if another content is there
     */
    boolean complete(String job, Plan.Entry entry, UploadRef upload, List<Part> parts, Member member) {
        try {
            RepeatedParts.complete(
                    store, new CompleteRequest(upload, parts, entry.size(), crc(entry, parts), Precondition.IF_ABSENT));
        } catch (AbsentException gone) {
            if (!present(job, entry, member)) {
                return false;
            }
        } catch (AlreadyPresentException present) {
            requireOwn(job, entry, member);
        }
        dropUploads(upload.key());
        return true;
    }

    /**
     * Whether the entry's object is there.
     *
     * @throws RefusedException if another content is there
     */
    boolean present(String job, Plan.Entry entry, Member member) {
        return store.head(keys.of(job, entry.number()))
                .map(info -> {
                    String stated = info.metadata().get(CRC32);
                    boolean own = info.size() == entry.size() && (stated == null || stated.equals(crc(entry)));
                    if (!own) {
                        throw Refusals.entryConflict(member.number());
                    }
                    return true;
                })
                .orElse(false);
    }

    /** Where the archive does not say it, that of the parts, which are what was read and verified otherwise. */
    private static long crc(Plan.Entry entry, List<Part> parts) {
        if (entry.crc32() >= 0) {
            return entry.crc32();
        }
        long crc = Crc32.EMPTY;
        for (Part part : parts) {
            crc = Crc32.combine(crc, Objects.requireNonNull(part.crc32()), part.size());
        }
        return crc;
    }

    private void requireOwn(String job, Plan.Entry entry, Member member) {
        if (!present(job, entry, member)) {
            throw new IllegalStateException("entry " + entry.number() + " of job " + job + " was deleted meanwhile");
        }
    }

    /**
     * Ends uploads that were started for a key and forgotten: by an invocation killed before it could save their id. What
     * cannot be ended now costs storage until the bucket's lifecycle rule ends it, and nothing else.
     */
    void dropUploads(String key) {
        try {
            for (UploadPage.Unfinished unfinished : store.listUploads(key, null).uploads()) {
                if (unfinished.ref().key().equals(key)) {
                    store.abortUpload(unfinished.ref());
                }
            }
        } catch (StoreException left) {
            // see above
        }
    }

    /** Of an entry that is stored while it is unpacked for the first time, nobody knows the checksum yet. */
    private static Map<String, String> metadata(Plan.Entry entry) {
        return entry.crc32() < 0 ? Map.of() : Map.of(CRC32, crc(entry));
    }

    private static String crc(Plan.Entry entry) {
        return "%08x".formatted(entry.crc32());
    }
}
