package io.intake.store;

import org.jspecify.annotations.Nullable;

/**
 * A storage call failed. The subclasses say what that means for the caller; the message says what was being done, without
 * the part of a key that may name a patient.
 */
public abstract sealed class StoreException extends RuntimeException
        permits AbsentException,
                AlreadyPresentException,
                ConflictException,
                RangeException,
                TransientStoreException,
                PermanentStoreException {

    private final String operation;
    private final String key;

    StoreException(String operation, String key, String problem, @Nullable Throwable cause) {
        super(operation + " " + KeyRedaction.redact(key) + ": " + problem, cause);
        this.operation = operation;
        this.key = key;
    }

    /** What was being done: the port's method name. */
    public final String operation() {
        return operation;
    }

    /** The key in full. May hold a patient's name: never log it. */
    public final String key() {
        return key;
    }
}
