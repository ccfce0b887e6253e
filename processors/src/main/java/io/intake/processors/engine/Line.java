package io.intake.processors.engine;

import io.intake.bucket.BucketLayout;
import io.intake.store.Content;
import io.intake.store.ListPage;
import io.intake.store.ListRequest;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The line of the jobs that wait for an engine, whoever waits longest in front. A mark may be left behind by a job that
 * waits no more: whoever wakes it finds that out and takes the mark away. Thread-safe, also across processes.
 */
final class Line {
    private static final byte[] NOTHING = {};

    private final ObjectStore store;

    Line(ObjectStore store) {
        this.store = store;
    }

    /**
     * A job in the line.
     *
     * @param key of its mark
     * @param job its id
     */
    record Place(String key, String job) {}

    void join(String engine, Instant since, String job) {
        store.put(PutRequest.of(key(engine, since, job), Content.of(NOTHING), "text/plain"));
    }

    void leave(String engine, Instant since, String job) {
        store.delete(key(engine, since, job));
    }

    void leave(Place place) {
        store.delete(place.key());
    }

    /** Those in front, so many at most. */
    List<Place> front(String engine, int most) {
        ListPage page = store.list(new ListRequest(BucketLayout.engineLine(engine), null, null, null, most));
        return page.objects().stream()
                .flatMap(object -> place(object.key()).stream())
                .toList();
    }

    static Optional<Place> place(String key) {
        int name = key.lastIndexOf('/') + 1;
        int job = key.indexOf('-', name) + 1;
        return job > 0 ? Optional.of(new Place(key, key.substring(job))) : Optional.empty();
    }

    private static String key(String engine, Instant since, String job) {
        return BucketLayout.engineLine(engine) + "%015d-%s".formatted(since.toEpochMilli(), job);
    }
}
