package io.intake.processors.forward;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.processors.Json;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.processors.task.Checkpoint;
import io.intake.store.Content;
import io.intake.store.ListRequest;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What an engine has acknowledged of a job, for people. It costs no request of its own until there is much: the last
 * acknowledgements are in the task's checkpoint, which stays when the job has ended, and those before them in objects under
 * {@code jobs/{job}/deliveries/}. Thread-safe.
 */
public final class DeliveryLog {
    /** Acknowledgements in an object; a checkpoint is written again with each, so that it should not hold many. */
    static final int PER_OBJECT = 32;

    /** The forward stage has one task. */
    private static final int TASK = 1;

    private final ObjectStore store;
    private final Records records;

    public DeliveryLog(ObjectStore store, Records records) {
        this.store = store;
        this.records = records;
    }

    /** A part of the log. */
    record Stretch(List<Acknowledged> acknowledged) {}

    /** Writes what a checkpoint holds; the same checkpoint gives the same object. */
    void write(String job, ForwardCursor cursor) {
        String key = BucketLayout.deliveries(job, cursor.logged() / PER_OBJECT + 1);
        store.put(PutRequest.of(key, Content.of(Json.bytes(new Stretch(cursor.log()))), Json.TYPE));
    }

    /** All that is acknowledged of a job, in order; empty if nothing is. */
    public List<Acknowledged> read(String job) {
        TreeMap<Integer, Acknowledged> all = new TreeMap<>();
        ListRequest.under(BucketLayout.deliveriesPrefix(job))
                .each(
                        store,
                        object -> records.find(object.key(), Stretch.class).map(Versioned::value).stream()
                                .flatMap(stretch -> stretch.acknowledged().stream())
                                .forEach(each -> all.put(each.number(), each)));
        records.find(BucketLayout.checkpoint(Stage.FORWARD, job, TASK), Checkpoint.class)
                .map(saved -> Json.mapper().convertValue(saved.value().cursor(), ForwardCursor.class))
                .ifPresent(cursor -> cursor.log().forEach(each -> all.put(each.number(), each)));
        return new ArrayList<>(all.values());
    }
}
