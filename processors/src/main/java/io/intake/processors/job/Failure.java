package io.intake.processors.job;

/**
 * Why a file was refused or could not be processed. Goes into logs, pages and receipts, so it must not hold a file's name,
 * a column's name or a value: positions and counts only.
 *
 * @param code stable, upper case with underscores: what on-call and partners look up
 * @param kind decides what happens
 * @param sentence what is wrong and where, for the partner
 * @param action what the partner can do about it
 */
public record Failure(String code, Kind kind, String sentence, String action) {

    /** The two ways to end badly. Passing faults are no failures: they are tried again. */
    public enum Kind {
        /** The content is at fault: the job is quarantined. */
        BAD_DATA,
        /** We, or the engine's set-up, are at fault: the job has failed. */
        BROKEN
    }

    public static Failure badData(String code, String sentence, String action) {
        return new Failure(code, Kind.BAD_DATA, sentence, action);
    }

    public static Failure broken(String code, String sentence, String action) {
        return new Failure(code, Kind.BROKEN, sentence, action);
    }

    /** The state of a job that ends so. */
    public JobState state() {
        return switch (kind) {
            case BAD_DATA -> JobState.QUARANTINED;
            case BROKEN -> JobState.FAILED;
        };
    }
}
