package io.intake.processors.intake;

import io.intake.bucket.BucketLayout;
import io.intake.processors.job.Hashes;
import io.intake.store.Content;
import io.intake.store.ListPage;
import io.intake.store.ListRequest;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Set;

/**
 * Marks of uploads whose intake is done. A mark is named by what a listing tells of an upload, so that marks and uploads are
 * compared without a request for each. Thread-safe.
 */
public final class TakenMarks {
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyyMMdd").withZone(ZoneOffset.UTC);

    private final ObjectStore store;

    public TakenMarks(ObjectStore store) {
        this.store = store;
    }

    /** The key of an upload's mark. Pure. */
    public static String key(ObjectInfo object) {
        Instant second = object.lastModified().truncatedTo(ChronoUnit.SECONDS);
        String identity = object.key() + "\0" + object.etag() + "\0" + second;
        return BucketLayout.taken(DAY.format(second), Hashes.hex(identity, 12));
    }

    /** Marks an upload; doing so again changes nothing. */
    void put(ObjectInfo object, String job) {
        store.put(PutRequest.of(key(object), Content.of(job.getBytes(java.nio.charset.StandardCharsets.UTF_8)), "text/plain"));
    }

    /** The keys of the marks of uploads since a time, and of some before it. */
    public Set<String> since(Instant from) {
        Set<String> found = new HashSet<>();
        String startAfter = BucketLayout.TAKEN + DAY.format(from);
        ListRequest request = new ListRequest(BucketLayout.TAKEN, null, startAfter, null, 1000);
        while (true) {
            ListPage page = store.list(request);
            page.objects().forEach(mark -> found.add(mark.key()));
            String continuation = page.continuation();
            if (continuation == null) {
                return found;
            }
            request = request.after(continuation);
        }
    }
}
