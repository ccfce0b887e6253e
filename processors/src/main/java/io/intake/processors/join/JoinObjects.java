package io.intake.processors.join;

import io.intake.processors.PutOnce;
import io.intake.store.Content;
import io.intake.store.ObjectStore;

/** Writes a join's objects, each once: see {@link PutOnce}. Thread-safe. */
final class JoinObjects {
    private static final String TYPE = "application/x-ndjson";

    private final ObjectStore store;

    JoinObjects(ObjectStore store) {
        this.store = store;
    }

    /**
     * Stores an object.
     *
     * @return its size
     * @throws io.intake.processors.job.RefusedException if there is another one
     */
    long put(String key, Content content) {
        if (!PutOnce.put(store, key, content, TYPE)) {
            throw JoinFailures.outputConflict();
        }
        return content.length();
    }
}
