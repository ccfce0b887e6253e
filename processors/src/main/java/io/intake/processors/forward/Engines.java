package io.intake.processors.forward;

import io.intake.config.Engine;
import io.intake.config.HttpTarget;
import io.intake.processors.Secrets;
import io.intake.processors.forward.http.HttpAdapter;
import io.intake.processors.forward.shape.Shapes;
import io.intake.processors.job.Job;
import java.time.InstantSource;

/** Hands each batch to the adapter of its engine's kind. Thread-safe. */
public final class Engines implements EngineClient, AutoCloseable {
    private final EngineAdapter<HttpTarget> http;

    /** For feeds without templates. */
    public Engines(Secrets secrets, InstantSource clock) {
        this(secrets, clock, Shapes.PLAIN);
    }

    /** @param shapes what is sent of a record */
    public Engines(Secrets secrets, InstantSource clock, Shapes shapes) {
        this.http = new HttpAdapter(secrets, clock, shapes);
    }

    @Override
    public EngineAnswer send(Engine engine, Job job, Batch batch) {
        return switch (engine.target()) {
            case HttpTarget target -> http.send(engine, target, job, batch);
        };
    }

    @Override
    public void close() {
        http.close();
    }
}
