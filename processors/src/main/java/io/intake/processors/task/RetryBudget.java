package io.intake.processors.task;

import io.intake.bucket.Stage;
import java.time.Duration;

/**
 * How often a task of a stage may fail without progress before its job has failed. Pure.
 *
 * @param attempts claims that ended in a crash or a time-out
 * @param idle continuations in a row that got nowhere
 * @param faults runs in a row that ended because the store was out of reach
 */
public record RetryBudget(int attempts, int idle, int faults) {
    private static final Duration SHORTEST = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofMinutes(5);

    /**
     * The budget of a stage. An outage of the store is waited for: eight hours where a file is worked on, a day where records
     * have begun to be delivered, because what has been begun should be ended.
     */
    public static RetryBudget of(Stage stage) {
        return switch (stage) {
            case UNZIP, STITCH -> new RetryBudget(5, 2, 100);
            case FORWARD, PAGE -> new RetryBudget(5, 2, 300);
        };
    }

    /** How long to wait after so many faults in a row, from 1. */
    public static Duration wait(int faults) {
        Duration limit = SHORTEST.multipliedBy(1L << Math.min(faults - 1, 10));
        return limit.compareTo(LONGEST) > 0 ? LONGEST : limit;
    }
}
