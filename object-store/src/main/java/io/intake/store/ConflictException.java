package io.intake.store;

import org.jspecify.annotations.Nullable;

/** The object does not have the ETag that was asked for. It may have been replaced by the caller's own earlier write: see {@link ConditionalWrites}. */
public final class ConflictException extends StoreException {
    public ConflictException(String operation, String key, String problem, @Nullable Throwable cause) {
        super(operation, key, problem, cause);
    }
}
