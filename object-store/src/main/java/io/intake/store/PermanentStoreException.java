package io.intake.store;

import org.jspecify.annotations.Nullable;

/** The store refused: permissions, a bad request, damaged content. Trying again does not help. */
public final class PermanentStoreException extends StoreException {
    public PermanentStoreException(String operation, String key, String problem, @Nullable Throwable cause) {
        super(operation, key, problem, cause);
    }
}
