package io.intake.store;

import org.jspecify.annotations.Nullable;

/** The object, version or upload is not there. Trying again does not help. */
public final class AbsentException extends StoreException {
    public AbsentException(String operation, String key, String problem, @Nullable Throwable cause) {
        super(operation, key, problem, cause);
    }
}
