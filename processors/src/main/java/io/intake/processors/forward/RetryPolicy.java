package io.intake.processors.forward;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before sending again. Full jitter: a random time up to a limit that doubles (AWS Architecture Blog,
 * "Exponential Backoff And Jitter"), so that many functions do not come back at once. Pure, but for the randomness given.
 *
 * @param soonTries tries within one step
 * @param soonLimit first limit between those, doubled each time
 * @param waitLimit first limit between steps, doubled each time
 * @param waitMost highest limit between steps
 * @param giveUp how long the engine may be out of reach before the job has failed
 */
public record RetryPolicy(int soonTries, Duration soonLimit, Duration waitLimit, Duration waitMost, Duration giveUp) {
    /** Three tries within a step, then 10 s to 10 min; three days in all. */
    public static final RetryPolicy DEFAULT = new RetryPolicy(
            3, Duration.ofMillis(500), Duration.ofSeconds(10), Duration.ofMinutes(10), Duration.ofDays(3));

    Duration soon(int failures, RandomGenerator random) {
        return jitter(soonLimit.multipliedBy(1L << Math.min(failures - 1, 20)), random);
    }

    /** At least half the limit: a wait that is over at once would only find the same engine down. */
    Duration wait(int waits, RandomGenerator random) {
        Duration limit = waitLimit.multipliedBy(1L << Math.min(waits, 20));
        Duration half = (limit.compareTo(waitMost) > 0 ? waitMost : limit).dividedBy(2);
        return half.plus(jitter(half, random));
    }

    private static Duration jitter(Duration limit, RandomGenerator random) {
        return Duration.ofMillis(random.nextLong(limit.toMillis() + 1));
    }
}
