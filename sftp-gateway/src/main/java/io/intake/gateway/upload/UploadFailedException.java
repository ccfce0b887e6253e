package io.intake.gateway.upload;

import org.jspecify.annotations.Nullable;

/** An upload cannot be finished; every further use of its handle fails with the same words. They hold no file name. */
public final class UploadFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    public UploadFailedException(String reason, @Nullable Throwable cause) {
        super(reason, cause);
    }

    /** The message, never null. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
