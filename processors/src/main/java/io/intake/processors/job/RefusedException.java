package io.intake.processors.job;

/** Work on a job found a reason to stop it for good. */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    public RefusedException(Failure failure) {
        super(failure.code() + ": " + failure.sentence());
        this.failure = failure;
    }

    public Failure failure() {
        return failure;
    }
}
