package io.intake.store;

import org.jspecify.annotations.Nullable;

/** The range starts at or beyond the object's end. */
public final class RangeException extends StoreException {
    public RangeException(String operation, String key, String problem, @Nullable Throwable cause) {
        super(operation, key, problem, cause);
    }
}
