package io.intake.processors.forward;

import io.intake.config.Engine;
import io.intake.config.FhirTarget;
import io.intake.config.HttpTarget;
import io.intake.config.MllpTarget;
import io.intake.config.RedoxTarget;
import io.intake.config.S3Target;
import io.intake.config.SftpTarget;
import io.intake.processors.Secrets;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.fhir.FhirAdapter;
import io.intake.processors.forward.http.HttpAdapter;
import io.intake.processors.forward.http.HttpExchanges;
import io.intake.processors.forward.mllp.MllpAdapter;
import io.intake.processors.forward.redox.RedoxAdapter;
import io.intake.processors.forward.s3.S3HandOver;
import io.intake.processors.forward.sftp.SftpHandOver;
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

    /** The same where they are sent within one time-out. */
    private static final int SENT_BYTES = 8 << 20;

    /** Of an object that is copied in a step: seconds. */
    private static final long COPIED_BYTES = 512L << 20;

    private static final Unavailable NO_BATCHES = new Unavailable("ENGINE_TYPE_CHANGED", null, false);

    private final HttpExchanges exchanges;
    private final EngineAdapter<HttpTarget> http;
    private final EngineAdapter<RedoxTarget> redox;
    private final EngineAdapter<FhirTarget> fhir;
    private final EngineAdapter<MllpTarget> mllp;
    private final @Nullable HandOver<S3Target> s3;
    private final @Nullable HandOver<SftpTarget> sftp;

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
        this(secrets, clock, shapes, ids, null, null);
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
        return new Engines(
                secrets,
                clock,
                shapes,
                ids,
                new S3HandOver(store, bucket, others, rows(store, ROWS_BYTES), clock, COPIED_BYTES),
                new SftpHandOver(store, rows(store, SENT_BYTES), secrets, clock));
    }

    private static HandOver.RowReader rows(ObjectStore store, int bytes) {
        return (key, offset) -> {
            try (BatchReader reader = new BatchReader(store, bytes)) {
                BatchReader.Lines lines = reader.read(key, offset, Integer.MAX_VALUE);
                return new HandOver.Rows(lines.bytes(), lines.records(), lines.end(), lines.last());
            }
        };
    }

    private Engines(
            Secrets secrets,
            InstantSource clock,
            Shapes shapes,
            Supplier<String> ids,
            @Nullable HandOver<S3Target> s3,
            @Nullable HandOver<SftpTarget> sftp) {
        this.s3 = s3;
        this.sftp = sftp;
        this.exchanges = new HttpExchanges(secrets, clock, ids);
        this.http = new HttpAdapter(exchanges, clock, shapes);
        this.redox = new RedoxAdapter(exchanges, clock, shapes);
        this.fhir = new FhirAdapter(exchanges, clock, shapes);
        this.mllp = new MllpAdapter(secrets, clock, shapes);
    }

    @Override
    public EngineAnswer send(Engine engine, Job job, Batch batch) {
        return send(engine, job, batch, Pace.FREE);
    }

    @Override
    public EngineAnswer send(Engine engine, Job job, Batch batch, Pace pace) {
        return switch (engine.target()) {
            case HttpTarget target -> http.send(engine, target, job, batch);
            case RedoxTarget target -> redox.send(engine, target, job, batch);
            case FhirTarget target -> fhir.send(engine, target, job, batch);
            case MllpTarget target -> mllp.send(engine, target, job, batch, pace);
            case S3Target ignored -> NO_BATCHES;
            case SftpTarget ignored -> NO_BATCHES;
        };
    }

    @Override
    public boolean takesObjects(Engine engine) {
        return engine.target() instanceof S3Target || engine.target() instanceof SftpTarget;
    }

    @Override
    public HandOver.Handed hand(Engine engine, HandOver.Piece piece) {
        return switch (engine.target()) {
            case S3Target target when s3 != null -> s3.hand(engine, target, piece);
            case SftpTarget target when sftp != null -> sftp.hand(engine, target, piece);
            default -> new HandOver.Handed.Not(NO_BATCHES);
        };
    }

    @Override
    public boolean hasEnd(Engine engine) {
        return !(engine.target() instanceof SftpTarget target) || (sftp != null && sftp.hasEnd(target));
    }

    @Override
    public HandOver.Handed finish(Engine engine, Job job) {
        return switch (engine.target()) {
            case S3Target target when s3 != null -> s3.finish(engine, target, job);
            case SftpTarget target when sftp != null -> sftp.finish(engine, target, job);
            default -> new HandOver.Handed.Not(NO_BATCHES);
        };
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
        if (sftp != null) {
            sftp.close();
        }
    }
}
