package io.intake.processors.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.BucketLayout;
import io.intake.bucket.Naming.Area;
import io.intake.processors.Records;
import io.intake.processors.job.Hashes;
import io.intake.store.AbsentException;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.Part;
import io.intake.store.UploadPage;
import io.intake.store.UploadPage.Unfinished;
import io.intake.store.UploadRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Uploads that were begun and not ended: a listing of the gateways' resume records, a GET for each and a request for its parts, a
 * listing of files with temporary names, and one of multipart uploads with a request for each that has no record. Thread-safe.
 */
public final class UploadQuery {
    private static final String RECORD = ".json";

    private final ObjectStore store;
    private final Records records;

    public UploadQuery(ObjectStore store, Records records) {
        this.store = store;
        this.records = records;
    }

    /** What an upload waits for. */
    public enum Waiting {
        /** Its session was lost: for the partner to go on with it. */
        RESUME,
        /** It is whole, under a temporary name: for the partner to rename it. */
        RENAME,
        /** A session may be at it; or its gateway died. */
        SESSION,
        /**
         * A record tells of it, but the store has its parts no more, as after a restore from a copy: for the partner to send it
         * again from its beginning.
         */
        SENDING
    }

    /**
     * An upload that has not ended.
     *
     * @param id tells it from others, and no name
     * @param partner whose
     * @param size that is durable, in bytes
     * @param since when it was parked, put or begun
     * @param waits for what
     */
    public record Upload(String id, String partner, long size, Instant since, Waiting waits) {}

    /**
     * The uploads of a partner, or of all, oldest first.
     *
     * @param limit how many are looked at, of each kind
     */
    public List<Upload> unfinished(@Nullable String partner, int limit) {
        List<Upload> found = new ArrayList<>();
        Set<String> recorded = new HashSet<>();
        parked(partner == null ? "" : partner + "/", limit, found, recorded);
        temporary(partner == null ? "" : partner + "/", limit, found);
        sessions(partner, limit, found, recorded);
        found.sort(Comparator.comparing(Upload::since).thenComparing(Upload::id));
        return found;
    }

    private void parked(String below, int limit, List<Upload> found, Set<String> recorded) {
        List<ObjectInfo> objects = new ArrayList<>();
        Iterator<ObjectInfo> listed = Listing.objects(store, BucketLayout.PARKED + below);
        while (listed.hasNext() && objects.size() < limit) {
            ObjectInfo object = listed.next();
            if (object.key().endsWith(RECORD)) {
                objects.add(object);
            }
        }
        for (ObjectInfo object : objects) {
            records.find(object.key(), JsonNode.class).ifPresent(record -> {
                found.add(parked(object, record.value()));
                recorded.add(record.value().path("multipart").path("storeId").asText());
            });
        }
    }

    private Upload parked(ObjectInfo object, JsonNode record) {
        JsonNode multipart = record.path("multipart");
        String partner = partner(object.key(), BucketLayout.PARKED);
        if (!multipart.path("parts").isEmpty() && !isThere(record, multipart)) {
            return new Upload(id(object.key()), partner, 0, object.lastModified(), Waiting.SENDING);
        }
        long size = record.path("tail").path("size").asLong()
                + sizes(multipart.path("parts"))
                + sizes(multipart.path("segments"));
        Waiting waits = !record.path("parked").asBoolean()
                ? Waiting.SESSION
                : record.path("closed").asBoolean() ? Waiting.RENAME : Waiting.RESUME;
        return new Upload(id(object.key()), partner, size, object.lastModified(), waits);
    }

    private boolean isThere(JsonNode record, JsonNode multipart) {
        String key = record.path("partsKey").asText(record.path("key").asText());
        try {
            return !store.listParts(new UploadRef(key, multipart.path("storeId").asText()))
                    .isEmpty();
        } catch (AbsentException dropped) {
            return false;
        }
    }

    private static long sizes(JsonNode pieces) {
        long size = 0;
        for (JsonNode piece : pieces) {
            size += piece.path("size").asLong();
        }
        return size;
    }

    /** {@code uploads/{partner}/inbound/...}: other things under that prefix are no files. */
    private void temporary(String below, int limit, List<Upload> found) {
        Iterator<ObjectInfo> listed = Listing.objects(store, BucketLayout.UPLOADS + below);
        int count = 0;
        while (listed.hasNext() && count < limit) {
            ObjectInfo object = listed.next();
            String partner = partner(object.key(), BucketLayout.UPLOADS);
            String files = BucketLayout.UPLOADS + partner + "/" + Area.INBOUND.folder() + "/";
            if (object.key().startsWith(files) && !object.key().endsWith("/")) {
                count++;
                found.add(new Upload(id(object.key()), partner, object.size(), object.lastModified(), Waiting.RENAME));
            }
        }
    }

    private void sessions(@Nullable String partner, int limit, List<Upload> found, Set<String> recorded) {
        for (String area : List.of(BucketLayout.INBOUND, BucketLayout.UPLOADS)) {
            String prefix = partner == null ? area : area + partner + "/";
            int count = 0;
            String continuation = null;
            do {
                UploadPage page = store.listUploads(prefix, continuation);
                for (Unfinished upload : page.uploads()) {
                    if (count < limit && !recorded.contains(upload.ref().uploadId())) {
                        count++;
                        String key = upload.ref().key();
                        found.add(new Upload(
                                id(key + "\0" + upload.ref().uploadId()),
                                partner(key, area),
                                durable(upload),
                                upload.initiated(),
                                Waiting.SESSION));
                    }
                }
                continuation = page.continuation();
            } while (continuation != null && count < limit);
        }
    }

    private long durable(Unfinished upload) {
        try {
            return store.listParts(upload.ref()).stream().mapToLong(Part::size).sum();
        } catch (AbsentException endedMeanwhile) {
            return 0;
        }
    }

    private static String id(String key) {
        return Hashes.hex(key, 6);
    }

    private static String partner(String key, String prefix) {
        String behind = key.substring(prefix.length());
        int end = behind.indexOf('/');
        return end < 0 ? behind : behind.substring(0, end);
    }
}
