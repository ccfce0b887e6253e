package io.intake.processors.forward;

import io.intake.config.Engine;
import io.intake.processors.job.Job;

/** Sends one batch, once. Thread-safe. */
public interface EngineClient {

    /** Sends a batch and says what came of it; never throws for what the engine or the network does. */
    EngineAnswer send(Engine engine, Job job, Batch batch);

    /** The same for an engine whose rate counts records: see {@link EngineAdapter#send(Engine, io.intake.config.Target, Job, Batch, Pace)}. */
    default EngineAnswer send(Engine engine, Job job, Batch batch, Pace pace) {
        return send(engine, job, batch);
    }

    /** Whether an engine gets whole objects, and no batches. */
    default boolean takesObjects(Engine engine) {
        return false;
    }

    /** See {@link HandOver#hand}. */
    default HandOver.Handed hand(Engine engine, HandOver.Piece piece) {
        throw new UnsupportedOperationException("it gets batches");
    }

    /** See {@link HandOver#hasEnd}. */
    default boolean hasEnd(Engine engine) {
        return true;
    }

    /** See {@link HandOver#finish}. */
    default HandOver.Handed finish(Engine engine, Job job) {
        throw new UnsupportedOperationException("it gets batches");
    }
}
