package io.intake.processors.intake;

import io.intake.bucket.BucketLayout;
import io.intake.processors.job.Hashes;
import io.intake.store.AbsentException;
import io.intake.store.Content;
import io.intake.store.ListRequest;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import io.intake.store.ReadRequest;
import io.intake.store.TransientStoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Marks of uploads that intake has begun or is done with. A mark is named by what a listing tells of an upload, so that marks
 * and uploads are compared without a request for each. It is there before the job is, and names it: a job whose intake died
 * could not be found any more once the partner has replaced the file. Thread-safe.
 */
public final class TakenMarks {
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyyyMMdd").withZone(ZoneOffset.UTC);

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

    /** Marks an upload before its job is opened. */
    void begin(ObjectInfo object, String job) {
        put(key(object), job);
    }

    /** Marks an upload whose intake is done. */
    void end(ObjectInfo object) {
        end(key(object));
    }

    void end(String mark) {
        put(mark, "");
    }

    private void put(String mark, String content) {
        store.put(PutRequest.of(mark, Content.of(content.getBytes(StandardCharsets.US_ASCII)), "text/plain"));
    }

    /** The job that a mark names; empty if its intake is done. */
    Optional<String> job(String mark) {
        try (ObjectContent content = store.read(ReadRequest.whole(mark))) {
            String job = new String(content.stream().readAllBytes(), StandardCharsets.US_ASCII);
            return job.isEmpty() ? Optional.empty() : Optional.of(job);
        } catch (AbsentException expired) {
            return Optional.empty();
        } catch (IOException lost) {
            throw new TransientStoreException("read", mark, "connection lost", lost);
        }
    }

    /**
     * What a listing of marks says.
     *
     * @param done the keys of the marks of uploads whose intake is done
     * @param begun those of uploads whose intake has begun, by their time
     */
    public record Marks(Set<String> done, Map<String, Instant> begun) {}

    /** The marks of uploads since a time, and of some before it. */
    public Marks since(Instant from) {
        Marks marks = new Marks(new HashSet<>(), new TreeMap<>());
        String startAfter = BucketLayout.TAKEN + DAY.format(from);
        ListRequest request = new ListRequest(BucketLayout.TAKEN, null, startAfter, null, 1000);
        request.each(store, mark -> {
            if (mark.size() == 0) {
                marks.done().add(mark.key());
            } else {
                marks.begun().put(mark.key(), mark.lastModified());
            }
        });
        return marks;
    }
}
