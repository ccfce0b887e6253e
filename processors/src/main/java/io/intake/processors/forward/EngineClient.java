package io.intake.processors.forward;

import io.intake.config.Engine;
import io.intake.processors.job.Job;

/** Sends one batch, once. Thread-safe. */
public interface EngineClient {

    /** Sends a batch and says what came of it; never throws for what the engine or the network does. */
    EngineAnswer send(Engine engine, Job job, Batch batch);
}
