package io.intake.config;

import java.time.Duration;

/**
 * An integration engine.
 *
 * @param id as feeds name it
 * @param target what kind of system it is and how it is reached
 * @param timeout for one request, answer included
 */
public record Engine(String id, Target target, Duration timeout) {
    /** Without the target, which may hold secrets. */
    @Override
    public String toString() {
        return "Engine[id=" + id + ", timeout=" + timeout + "]";
    }
}
