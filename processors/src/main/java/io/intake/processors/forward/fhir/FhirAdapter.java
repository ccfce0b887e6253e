package io.intake.processors.forward.fhir;

import io.intake.config.Engine;
import io.intake.config.FhirTarget;
import io.intake.processors.forward.Batch;
import io.intake.processors.forward.EngineAdapter;
import io.intake.processors.forward.EngineAnswer;
import io.intake.processors.forward.EngineAnswer.Refused;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.http.Bodies;
import io.intake.processors.forward.http.Deadline;
import io.intake.processors.forward.http.HttpExchanges;
import io.intake.processors.forward.http.Outcome.Answered;
import io.intake.processors.forward.http.Outcome.Failed;
import io.intake.processors.forward.shape.Shaped;
import io.intake.processors.forward.shape.Shapes;
import io.intake.processors.job.Job;
import java.net.http.HttpRequest;
import java.time.InstantSource;
import java.util.List;

/** Sends each batch as one transaction: all of it is done, or nothing. Thread-safe. */
public final class FhirAdapter implements EngineAdapter<FhirTarget> {
    private static final String TYPE = "application/fhir+json";

    /** An entry is answered with some hundred bytes; with {@code return=minimal} no resource comes back. */
    private static final int ANSWER_PER_ENTRY = 4 << 10;

    private static final int MOST_ANSWER = 64 << 20;

    private final HttpExchanges exchanges;
    private final InstantSource clock;
    private final Shapes shapes;

    /** @param exchanges stay open when this is closed */
    public FhirAdapter(HttpExchanges exchanges, InstantSource clock, Shapes shapes) {
        this.exchanges = exchanges;
        this.clock = clock;
        this.shapes = shapes;
    }

    @Override
    public EngineAnswer send(Engine engine, FhirTarget target, Job job, Batch batch) {
        if (job.requireFeed().files() != null) {
            return new Refused("FILE_NOT_FOR_FHIR");
        }
        return switch (shapes.of(job, batch)) {
            case Shaped.Not(EngineAnswer answer) -> answer;
            case Shaped.Ready(List<byte[]> records, Shaped.Kind ignored) -> {
                try {
                    Transaction.Made made = new Transaction(target.identifierSystem()).of(job, batch, records);
                    yield send(engine, target, job, batch, made);
                } catch (Transaction.NoResource none) {
                    yield new Refused("NO_FHIR_RESOURCE");
                }
            }
        };
    }

    private EngineAnswer send(Engine engine, FhirTarget target, Job job, Batch batch, Transaction.Made made) {
        if (made.json().length > target.maxBytes()) {
            return new Refused("BODY_TOO_LARGE");
        }
        byte[] body = target.gzip() ? Bodies.gzip(made.json()) : made.json();
        HttpRequest.Builder request = HttpRequest.newBuilder(target.url())
                .header("Content-Type", TYPE)
                .header("Accept", TYPE)
                // FHIR R4, 3.1.0.1.8: what comes back holds no more than what is needed
                .header("Prefer", "return=minimal")
                .header("Idempotency-Key", batch.key(job))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (target.gzip()) {
            request.header("Content-Encoding", "gzip");
        }
        int most = Math.clamp((long) made.entries() * ANSWER_PER_ENTRY, 1 << 20, MOST_ANSWER);
        return switch (exchanges.send(target.access(), request, Deadline.in(engine.timeout(), clock), most)) {
            case Failed(Unavailable why) -> why;
            case Answered answer -> FhirAnswers.of(answer, made.entries(), clock.instant());
        };
    }

    @Override
    public void close() {
        // The exchanges are others' too
    }
}
