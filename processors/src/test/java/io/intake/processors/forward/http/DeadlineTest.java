package io.intake.processors.forward.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.TestClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A function that waits for an engine beyond its own time is killed; one that does not wait at all delivers nothing. */
class DeadlineTest {
    private static final Duration WHOLE = Duration.ofSeconds(30);

    private final TestClock clock = new TestClock();
    private final Deadline deadline = Deadline.in(WHOLE, clock);

    @Test
    void whatIsLeftShrinksWithTheClockAndEndsAtZero() {
        assertThat(deadline.left()).isEqualTo(WHOLE);
        clock.advance(Duration.ofSeconds(12));
        assertThat(deadline.left()).isEqualTo(Duration.ofSeconds(18));
        clock.advance(Duration.ofSeconds(18));
        assertThat(deadline.left()).isZero();
        clock.advance(Duration.ofNanos(1));
        assertThat(deadline.left()).isZero();
    }

    @Test
    void aClockThatJumpsAheadEndsItAndNothingIsNegative() {
        clock.advance(Duration.ofDays(400));
        assertThat(deadline.left()).isZero();
    }

    @Test
    void aClockThatJumpsBackLeavesNoMoreThanTheWhole() {
        clock.advance(Duration.ofSeconds(29));
        clock.advance(Duration.ofDays(-400));
        assertThat(deadline.left()).isEqualTo(WHOLE);
    }
}
