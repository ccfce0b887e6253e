package io.intake.processors.query;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.processors.Records;
import io.intake.processors.page.PageTask;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Pages that have not been sent: a listing and a GET for each. Thread-safe. */
public final class OutboxQuery {
    private final ObjectStore store;
    private final Records records;

    public OutboxQuery(ObjectStore store, Records records) {
        this.store = store;
        this.records = records;
    }

    /**
     * A page that waits to be sent.
     *
     * @param key of its object
     * @param writtenAt when it was last tried, or left
     * @param page itself
     */
    public record Unsent(String key, Instant writtenAt, PageTask page) {}

    /** At most so many of them. */
    public List<Unsent> unsent(int limit) {
        List<Unsent> unsent = new ArrayList<>();
        Iterator<ObjectInfo> objects = Listing.objects(store, BucketLayout.TASKS + Stage.PAGE.id() + "/");
        while (objects.hasNext() && unsent.size() < limit) {
            ObjectInfo object = objects.next();
            records.find(object.key(), PageTask.class)
                    .ifPresent(page -> unsent.add(new Unsent(object.key(), object.lastModified(), page.value())));
        }
        return unsent;
    }
}
