package io.intake.gateway.upload;

/** Another session goes on with this upload: this one may neither add to it nor publish it any more. */
final class TakenOverException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TakenOverException() {
        super("another session has taken over this upload");
    }
}
