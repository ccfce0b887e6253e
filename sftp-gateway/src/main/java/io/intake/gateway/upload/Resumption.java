package io.intake.gateway.upload;

import io.intake.store.ObjectInfo;

/** What an upload goes on from, instead of from nothing. */
public sealed interface Resumption {

    /** Where it goes on, in bytes. */
    long size();

    /**
     * An unfinished upload.
     *
     * @param claimed taken over for this session
     */
    record Unfinished(Partial claimed) implements Resumption {
        @Override
        public long size() {
            return claimed.size();
        }
    }

    /**
     * A stored file, to which bytes are added: its own bytes are copied inside the store, and publishing replaces it.
     *
     * @param object not empty
     */
    record Stored(ObjectInfo object) implements Resumption {
        @Override
        public long size() {
            return object.size();
        }
    }
}
