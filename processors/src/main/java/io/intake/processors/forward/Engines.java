package io.intake.processors.forward;

import io.intake.config.Engine;
import io.intake.config.HttpTarget;
import io.intake.config.MllpTarget;
import io.intake.processors.Secrets;
import io.intake.processors.forward.http.HttpAdapter;
import io.intake.processors.forward.mllp.MllpAdapter;
import io.intake.processors.job.Job;
import java.time.InstantSource;

/** Hands each batch to the adapter of its engine's kind. Thread-safe. */
public final class Engines implements EngineClient, AutoCloseable {
    private final EngineAdapter<HttpTarget> http;
    private final EngineAdapter<MllpTarget> mllp;

    public Engines(Secrets secrets, InstantSource clock) {
        this.http = new HttpAdapter(secrets, clock);
        this.mllp = new MllpAdapter(secrets, clock);
    }

    @Override
    public EngineAnswer send(Engine engine, Job job, Batch batch) {
        return switch (engine.target()) {
            case HttpTarget target -> http.send(engine, target, job, batch);
            case MllpTarget target -> mllp.send(engine, target, job, batch);
        };
    }

    @Override
    public void close() {
        http.close();
        mllp.close();
    }
}
