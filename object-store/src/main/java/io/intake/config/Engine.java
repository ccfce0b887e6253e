package io.intake.config;

import java.time.Duration;

/**
 * An integration engine.
 *
 * @param id as feeds name it
 * @param target what kind of system it is and how it is reached
 * @param timeout for one request, answer included
 * @param limits how much it may be asked
 * @param pageAfter how long it may be out of reach before on-call is told
 */
public record Engine(String id, Target target, Duration timeout, Limits limits, Duration pageAfter) {
    /** Long enough for an engine to be restarted. */
    public static final Duration PAGE_AFTER = Duration.ofMinutes(5);

    /** An engine with the limits of its kind. */
    public Engine(String id, Target target, Duration timeout) {
        this(id, target, timeout, target.limits(), PAGE_AFTER);
    }

    /** Without the target, which may hold secrets. */
    @Override
    public String toString() {
        return "Engine[id=" + id + ", timeout=" + timeout + ", limits=" + limits + "]";
    }
}
