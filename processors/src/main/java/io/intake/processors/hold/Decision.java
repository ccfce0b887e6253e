package io.intake.processors.hold;

import java.time.Instant;

/**
 * What an operator decided about a job that is held. Written once, never changed.
 *
 * @param action what to do
 * @param by who decided, as the operator is known here: no PHI
 * @param at when
 */
public record Decision(Action action, String by, Instant at) {

    /** What can be done with a file that is held. */
    public enum Action {
        /** It goes on from where it was held. */
        RELEASE,
        /** It is refused. */
        REJECT
    }
}
