package io.intake.processors.forward;

import io.intake.config.Engine;
import io.intake.config.Target;
import io.intake.processors.job.Job;

/**
 * Speaks with one kind of engine. Knows how one exchange goes and what its answer means; whether and when to try again, to
 * wait or to cut a batch is {@link ForwardWork}'s. Thread-safe.
 *
 * @param <T> the kind of engine
 */
public interface EngineAdapter<T extends Target> extends AutoCloseable {

    /**
     * Sends a batch once and says what came of it; never throws for what the engine or the network does, nor for a secret that
     * cannot be had. Ends within the engine's time-out.
     *
     * @param target the engine's own
     */
    EngineAnswer send(Engine engine, T target, Job job, Batch batch);

    /**
     * The same for engines that get each record by itself: before each one but the first it is asked whether it may be sent.
     * Where not, those before it were taken {@link EngineAnswer.Partly}, and the rest is {@link EngineAnswer#NOT_SENT}.
     */
    default EngineAnswer send(Engine engine, T target, Job job, Batch batch, Pace pace) {
        return send(engine, target, job, batch);
    }

    @Override
    void close();
}
