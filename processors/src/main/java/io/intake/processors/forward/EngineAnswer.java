package io.intake.processors.forward;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What came of sending a batch. */
public sealed interface EngineAnswer {
    /**
     * As the rest of {@link Partly}: time is up, and the records behind those taken were not sent. The engine is well, and they
     * can be sent at once.
     */
    Unavailable NOT_SENT = new Unavailable("NOT_SENT", Duration.ZERO, true);

    /**
     * The engine has it.
     *
     * @param reference by which the engine's people find it (a log's or a message's id); null where it gave none. No PHI
     */
    record Taken(@Nullable String reference) implements EngineAnswer {}

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
     * The engine will not take this batch, ever: at least one of its records is at fault, and the others may be taken if they
     * are sent without it.
     *
     * @param code for the page and the rejects file, upper case: HTTP_422, MSA_AE; no PHI
     */
    record Refused(String code) implements EngineAnswer {}

    /**
     * The engine has taken the first records of a batch, and then something else happened.
     *
     * @param taken how many of the batch's first records it has; more than none, fewer than all
     * @param reference as in {@link Taken}
     * @param rest what came of the record behind them; those behind that were not sent
     */
    record Partly(int taken, @Nullable String reference, EngineAnswer rest) implements EngineAnswer {}
}
