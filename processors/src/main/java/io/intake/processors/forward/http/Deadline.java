package io.intake.processors.forward.http;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * When something must have ended. A clock that jumps makes it neither endless nor negative: what is left is never more than there
 * was at first. Immutable.
 */
public final class Deadline {
    private final InstantSource clock;
    private final Duration whole;
    private final Instant end;

    private Deadline(Duration whole, InstantSource clock) {
        this.clock = clock;
        this.whole = whole;
        this.end = clock.instant().plus(whole);
    }

    /**
     * From now on.
     *
     * @param duration not negative
     * @param clock says what is now, then and later
     */
    public static Deadline in(Duration duration, InstantSource clock) {
        return new Deadline(duration, clock);
    }

    /** Zero when it has passed; never more than the whole. */
    public Duration left() {
        Duration left = Duration.between(clock.instant(), end);
        if (left.isNegative()) {
            return Duration.ZERO;
        }
        return left.compareTo(whole) > 0 ? whole : left;
    }
}
