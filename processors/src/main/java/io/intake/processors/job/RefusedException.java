package io.intake.processors.job;

/** Work on a job found a reason to stop it for good. */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    public RefusedException(Failure failure) {
        super(failure.code() + ": " + failure.sentence());
        this.failure = failure;
    }

    /** The content is at fault; see {@link Failure} for what may be said. */
    public static RefusedException badData(String code, String sentence, String action) {
        return new RefusedException(Failure.badData(code, sentence, action));
    }

    /** We, or the engine's set-up, are at fault; see {@link Failure} for what may be said. */
    public static RefusedException broken(String code, String sentence, String action) {
        return new RefusedException(Failure.broken(code, sentence, action));
    }

    public Failure failure() {
        return failure;
    }
}
