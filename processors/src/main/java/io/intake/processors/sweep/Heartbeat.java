package io.intake.processors.sweep;

import io.intake.bucket.BucketLayout;
import io.intake.processors.Json;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import java.time.Instant;

/** Says that the sweep has been through: whoever asks finds when that was last. Thread-safe. */
public final class Heartbeat {
    private final ObjectStore store;

    public Heartbeat(ObjectStore store) {
        this.store = store;
    }

    /**
     * The last sweep.
     *
     * @param at when it began that dealt with everything
     */
    public record Last(Instant at) {}

    void beat(Instant now) {
        store.put(PutRequest.of(BucketLayout.HEARTBEAT, Content.of(Json.bytes(new Last(now))), Json.TYPE));
    }
}
