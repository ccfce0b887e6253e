package io.intake.gateway.management;

import java.time.Duration;

/**
 * Whether the store answers, told from calls that are made anyway and from probes where there are none.
 *
 * <p>It counts as not answering once no call has been answered for {@link #PATIENCE} and the last {@value #FAILURES} probes
 * have failed: one lost packet, or one slow minute of one object, changes nothing. It counts as answering again after
 * {@value #SUCCESSES} probes in a row were answered. Before the first answer it counts as not answering.
 *
 * <p>Times are those of a clock that only goes forward, in nanoseconds. Thread-safe.
 */
public final class StoreHealth {
    /** Without an answer. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    static final int FAILURES = 3;
    static final int SUCCESSES = 2;

    /** Between probes while all is well, and from the last answered call to a probe. */
    static final Duration INTERVAL = Duration.ofSeconds(10);

    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(15);

    private boolean answers;
    private boolean everAnswered;
    private long lastAnswer;
    private int failures;
    private int successes;

    /** A call was answered that had to be made anyway. Costs next to nothing. */
    public synchronized void answered(long now) {
        lastAnswer = now;
        if (!everAnswered) {
            everAnswered = true;
            answers = true;
        }
        if (answers) {
            failures = 0;
        }
    }

    /** A probe was answered. */
    synchronized void probeAnswered(long now) {
        answered(now);
        failures = 0;
        successes = Math.min(successes + 1, SUCCESSES);
        answers |= successes == SUCCESSES;
    }

    /** A probe failed, or took too long. */
    synchronized void probeFailed(long now) {
        successes = 0;
        failures++;
        if (failures >= FAILURES && now - lastAnswer >= PATIENCE.toNanos()) {
            answers = false;
        }
    }

    /** How long to wait before the next probe: longer after each failure; zero if it is due. */
    synchronized Duration untilProbe(long now) {
        if (!answers && successes > 0) {
            return FIRST_RETRY;
        }
        if (failures > 0) {
            Duration pause = FIRST_RETRY.multipliedBy(1L << Math.min(failures - 1, 10));
            return pause.compareTo(LONGEST_RETRY) < 0 ? pause : LONGEST_RETRY;
        }
        if (!everAnswered) {
            return Duration.ZERO;
        }
        long left = INTERVAL.toNanos() - (now - lastAnswer);
        return Duration.ofNanos(Math.max(0, left));
    }

    /** Whether it does. */
    public synchronized boolean answers() {
        return answers;
    }
}
