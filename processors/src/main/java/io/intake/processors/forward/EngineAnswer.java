package io.intake.processors.forward;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What came of sending a batch. */
public sealed interface EngineAnswer {

    /** The engine has it. */
    record Taken() implements EngineAnswer {}

    /**
     * The engine is busy, out of reach, or not set up; it may or may not have the batch, which is sent again under the same
     * key.
     *
     * @param code for the page, upper case: what happened, without the answer's text, which can hold PHI
     * @param retryAfter what the engine asked for; null if nothing
     * @param soon whether trying again within seconds makes sense
     */
    record Unavailable(String code, @Nullable Duration retryAfter, boolean soon) implements EngineAnswer {}

    /**
     * The engine will not take this batch, ever.
     *
     * @param status the HTTP status
     */
    record Refused(int status) implements EngineAnswer {}
}
