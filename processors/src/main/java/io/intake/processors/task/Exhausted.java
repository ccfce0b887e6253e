package io.intake.processors.task;

import io.intake.processors.job.Failure;

/** Says of a job that its retries are used up. */
final class Exhausted {
    private static final String ACTION = "Nothing to do on your side: our engineers are informed and the file is kept.";

    private Exhausted() {}

    static Failure attempts(int count) {
        return of("ATTEMPTS_SPENT", count + " attempts ended in a crash or a time-out");
    }

    static Failure idle(int count) {
        return of("NO_PROGRESS", count + " invocations in a row got nowhere");
    }

    static Failure faults(int count) {
        return of("STORAGE_OUT_OF_REACH", "the storage behind us was out of reach " + count + " times in a row");
    }

    private static Failure of(String code, String what) {
        return Failure.broken(code, "The file could not be processed: " + what + ".", ACTION);
    }
}
