package io.intake.processors.task;

import java.time.Duration;

/** How long this invocation may still work: the function's remaining time less a reserve for the last checkpoint. */
@FunctionalInterface
public interface TimeBudget {
    /** Never negative. */
    Duration remaining();

    default boolean spent() {
        return remaining().isZero();
    }
}
