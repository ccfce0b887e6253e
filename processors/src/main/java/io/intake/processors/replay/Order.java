package io.intake.processors.replay;

import io.intake.config.Feed;
import io.intake.processors.job.Runs.From;
import org.jspecify.annotations.Nullable;

/**
 * What an operator wants of a job.
 *
 * @param from the first stage that is worked on again
 * @param failedOnly whether what the engine has acknowledged is left out; only from FORWARD
 * @param again whether the engine is to take once more what it may have taken: records get new idempotency keys, and a job
 *     that ended well may be replayed
 * @param feed by which it is worked on; null for the one that the job was worked on by
 * @param by who wants it
 * @param why in a few words: no PHI
 * @param stuck whether a job may be taken that has tasks, but gets nowhere with them; one without any may be in any case
 */
public record Order(
        From from,
        boolean failedOnly,
        boolean again,
        @Nullable Feed feed,
        String by,
        String why,
        boolean stuck) {
    /** Of a job that has ended. */
    public Order(From from, boolean failedOnly, boolean again, @Nullable Feed feed, String by, String why) {
        this(from, failedOnly, again, feed, by, why, false);
    }

    public Order {
        if (failedOnly && (from != From.FORWARD || again)) {
            throw new IllegalArgumentException("failedOnly goes with FORWARD, and not with again");
        }
    }
}
