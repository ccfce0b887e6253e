package io.intake.processors.sweep;

import io.intake.processors.expect.Expectations;
import io.intake.processors.hold.PausedFeeds;
import io.intake.processors.intake.Intake;
import io.intake.processors.page.IncidentSweep;
import io.intake.processors.sweep.StuckJobs.Round;
import java.time.Duration;
import java.time.Instant;

/**
 * What a sweep looks after for people: files that are late, stuck, parked or paused, and incidents that are over. Thread-safe.
 *
 * @param expectations files that should have come
 * @param incidents what people were told
 * @param stuck files that get nowhere
 * @param parked uploads that are not gone on with
 * @param paused files whose feed is paused
 * @param awaited looks after files that are not ready
 */
public record Lookout(
        Expectations expectations,
        IncidentSweep incidents,
        StuckJobs stuck,
        ParkedUploads parked,
        PausedFeeds paused,
        Intake awaited) {

    /**
     * Looks after all of them.
     *
     * @param grace how long an upload may be on its way to its job: what came within it is not known
     */
    void look(Guard guard, Round round, Instant now, Duration grace) {
        guard.run(() -> paused.look(guard::run));
        guard.run(() -> awaited.lookAtWaiting(guard::run));
        guard.run(() -> expectations.look(guard::run, now.minus(grace)));
        guard.run(() -> stuck.end(round, now));
        guard.run(() -> parked.look(now));
        guard.run(() -> incidents.look(guard::run, now));
    }
}
