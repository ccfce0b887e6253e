package io.intake.processors.forward;

import io.intake.config.Engine;
import io.intake.config.FhirTarget;
import io.intake.config.HttpTarget;
import io.intake.config.MllpTarget;
import io.intake.config.RedoxTarget;
import io.intake.config.S3Target;
import io.intake.processors.Secrets;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.fhir.FhirAdapter;
import io.intake.processors.forward.http.HttpAdapter;
import io.intake.processors.forward.http.HttpExchanges;
import io.intake.processors.forward.mllp.MllpAdapter;
import io.intake.processors.forward.redox.RedoxAdapter;
import io.intake.processors.forward.s3.S3HandOver;
import io.intake.processors.forward.shape.Shapes;
import io.intake.processors.job.Job;
import io.intake.store.ObjectStore;
import java.time.InstantSource;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Hands each batch to the adapter of its engine's kind. Thread-safe. */
public final class Engines implements EngineClient, AutoCloseable {
    /** Of rows that become an object of their own: what is held in memory. */
    private static final int ROWS_BYTES = 32 << 20;

    /** Of lines that are counted in a step: seconds. */
    private static final long COUNTED_BYTES = 512L << 20;

    private static final Unavailable NO_BATCHES = new Unavailable("ENGINE_TYPE_CHANGED", null, false);

    private final HttpExchanges exchanges;
    private final EngineAdapter<HttpTarget> http;
    private final EngineAdapter<RedoxTarget> redox;
    private final EngineAdapter<FhirTarget> fhir;
    private final EngineAdapter<MllpTarget> mllp;
    private final @Nullable HandOver<S3Target> s3;

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
        this(secrets, clock, shapes, ids, null);
    }

    /**
     * With engines that get whole objects.
     *
     * @param shapes what is sent of a record
     * @param ids gives an id that was never given before
     * @param store where the objects are
     * @param bucket its name
     * @param others opens another bucket
     */
    public static Engines of(
            Secrets secrets,
            InstantSource clock,
            Shapes shapes,
            Supplier<String> ids,
            ObjectStore store,
            String bucket,
            Function<S3Target, ObjectStore> others) {
        BatchReader reader = new BatchReader(store, ROWS_BYTES);
        HandOver.RowReader rows = (key, offset) -> {
            BatchReader.Lines lines = reader.read(key, offset, Integer.MAX_VALUE);
            return new HandOver.Rows(lines.bytes(), lines.records(), lines.end(), lines.last());
        };
        return new Engines(
                secrets, clock, shapes, ids, new S3HandOver(store, bucket, others, rows, clock, COUNTED_BYTES));
    }

    private Engines(
            Secrets secrets,
            InstantSource clock,
            Shapes shapes,
            Supplier<String> ids,
            @Nullable HandOver<S3Target> s3) {
        this.s3 = s3;
        this.exchanges = new HttpExchanges(secrets, clock, ids);
        this.http = new HttpAdapter(exchanges, clock, shapes);
        this.redox = new RedoxAdapter(exchanges, clock, shapes);
        this.fhir = new FhirAdapter(exchanges, clock, shapes);
        this.mllp = new MllpAdapter(secrets, clock, shapes);
    }

    @Override
    public EngineAnswer send(Engine engine, Job job, Batch batch) {
        return switch (engine.target()) {
            case HttpTarget target -> http.send(engine, target, job, batch);
            case RedoxTarget target -> redox.send(engine, target, job, batch);
            case FhirTarget target -> fhir.send(engine, target, job, batch);
            case MllpTarget target -> mllp.send(engine, target, job, batch);
            case S3Target ignored -> NO_BATCHES;
        };
    }

    @Override
    public boolean takesObjects(Engine engine) {
        return engine.target() instanceof S3Target;
    }

    @Override
    public HandOver.Handed hand(Engine engine, HandOver.Piece piece) {
        return engine.target() instanceof S3Target target && s3 != null
                ? s3.hand(engine, target, piece)
                : new HandOver.Handed.Not(NO_BATCHES);
    }

    @Override
    public HandOver.Handed finish(Engine engine, Job job) {
        return engine.target() instanceof S3Target target && s3 != null
                ? s3.finish(engine, target, job)
                : new HandOver.Handed.Not(NO_BATCHES);
    }

    @Override
    public void close() {
        http.close();
        redox.close();
        fhir.close();
        exchanges.close();
        mllp.close();
        if (s3 != null) {
            s3.close();
        }
    }
}
