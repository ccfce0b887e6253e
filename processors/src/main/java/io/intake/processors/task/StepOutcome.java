package io.intake.processors.task;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.processors.job.Failure;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a step came to.
 *
 * @param <C> the stage's cursor: where the next step begins, as a record that Jackson can write and read
 */
public sealed interface StepOutcome<C> {

    /**
     * Some of the work is done and must not be done again.
     *
     * @param cursor saved before the next step
     * @param progress whether work got closer to its end; a run of claims without any is a failure
     */
    record Advanced<C>(C cursor, boolean progress) implements StepOutcome<C> {}

    /**
     * The task's work is done.
     *
     * @param result kept in the done mark, for the next stage
     */
    record Finished<C>(JsonNode result) implements StepOutcome<C> {}

    /** The job must end. */
    record Refused<C>(Failure failure) implements StepOutcome<C> {}

    /**
     * The work cannot go on before a time: the engine is out of reach, or it is others' turn.
     *
     * @param cursor saved as with {@link Advanced}
     * @param until when to try again
     * @param reason a code for people, upper case; null where nobody need know, because it only waits for its turn
     */
    record Waiting<C>(C cursor, Instant until, @Nullable String reason) implements StepOutcome<C> {}
}
