package io.intake.processors;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** The time of a simulation, which moves when the scheduler says so. */
final class SimulatedClock implements InstantSource {
    private static final Instant START = Instant.parse("2026-03-04T05:06:07Z");

    private volatile long millis;

    @Override
    public Instant instant() {
        return START.plusMillis(millis);
    }

    /** Milliseconds since the simulation began. */
    long elapsed() {
        return millis;
    }

    void moveTo(long later) {
        millis = Math.max(millis, later);
    }

    /** The same time as a machine shows it whose clock is wrong. */
    InstantSource skewed(Duration skew) {
        return () -> instant().plus(skew);
    }
}
