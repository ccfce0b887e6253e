package io.intake.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What kind of system an engine is, with all that only this kind needs: how it is reached and how it says who we are. */
public sealed interface Target permits HttpTarget, RedoxTarget, FhirTarget {

    /** How much the system is known to allow, which holds where the configuration says nothing else; null for all one likes. */
    default @Nullable Allowance allowance() {
        return null;
    }

    /** Whether each record is a request of its own, so that a batch counts for as many as it has records. */
    default boolean requestPerRecord() {
        return false;
    }

    /**
     * A number of requests within any span of a length.
     *
     * @param requests at most so many
     * @param within the span
     */
    record Allowance(int requests, Duration within) {}
}
