package io.intake.store;

import org.jspecify.annotations.Nullable;

/** The store was busy, slow or out of reach, or two writes met (409). The call may or may not have taken effect; trying again can help. */
public final class TransientStoreException extends StoreException {
    public TransientStoreException(String operation, String key, String problem, @Nullable Throwable cause) {
        super(operation, key, problem, cause);
    }
}
