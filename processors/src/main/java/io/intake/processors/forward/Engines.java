package io.intake.processors.forward;

import io.intake.config.Engine;
import io.intake.config.FhirTarget;
import io.intake.config.HttpTarget;
import io.intake.config.RedoxTarget;
import io.intake.processors.Secrets;
import io.intake.processors.forward.fhir.FhirAdapter;
import io.intake.processors.forward.http.HttpAdapter;
import io.intake.processors.forward.http.HttpExchanges;
import io.intake.processors.forward.redox.RedoxAdapter;
import io.intake.processors.forward.shape.Shapes;
import io.intake.processors.job.Job;
import java.time.InstantSource;
import java.util.UUID;
import java.util.function.Supplier;

/** Hands each batch to the adapter of its engine's kind. Thread-safe. */
public final class Engines implements EngineClient, AutoCloseable {
    private final HttpExchanges exchanges;
    private final EngineAdapter<HttpTarget> http;
    private final EngineAdapter<RedoxTarget> redox;
    private final EngineAdapter<FhirTarget> fhir;

    /** For feeds without templates. */
    public Engines(Secrets secrets, InstantSource clock) {
        this(secrets, clock, Shapes.PLAIN, () -> UUID.randomUUID().toString());
    }

    /**
     * For all feeds.
     *
     * @param shapes what is sent of a record
     * @param ids gives an id that was never given before
     */
    public Engines(Secrets secrets, InstantSource clock, Shapes shapes, Supplier<String> ids) {
        this.exchanges = new HttpExchanges(secrets, clock, ids);
        this.http = new HttpAdapter(exchanges, clock, shapes);
        this.redox = new RedoxAdapter(exchanges, clock, shapes);
        this.fhir = new FhirAdapter(exchanges, clock, shapes);
    }

    @Override
    public EngineAnswer send(Engine engine, Job job, Batch batch) {
        return switch (engine.target()) {
            case HttpTarget target -> http.send(engine, target, job, batch);
            case RedoxTarget target -> redox.send(engine, target, job, batch);
            case FhirTarget target -> fhir.send(engine, target, job, batch);
        };
    }

    @Override
    public void close() {
        http.close();
        redox.close();
        fhir.close();
        exchanges.close();
    }
}
