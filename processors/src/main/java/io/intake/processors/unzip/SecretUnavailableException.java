package io.intake.processors.unzip;

/**
 * A secret that a feed names cannot be had. That is nothing the partner can help: the invocation fails, is tried again, and
 * somebody is told.
 */
final class SecretUnavailableException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    SecretUnavailableException(IllegalStateException cause) {
        super(cause.getMessage(), cause);
    }
}
