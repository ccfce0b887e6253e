package io.intake.store;

import org.jspecify.annotations.Nullable;

/** The write asked for absence and there is an object. It may be the caller's own earlier write whose answer was lost: see {@link ConditionalWrites}. */
public final class AlreadyPresentException extends StoreException {
    public AlreadyPresentException(String operation, String key, String problem, @Nullable Throwable cause) {
        super(operation, key, problem, cause);
    }
}
