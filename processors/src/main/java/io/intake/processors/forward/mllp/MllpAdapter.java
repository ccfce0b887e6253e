package io.intake.processors.forward.mllp;

import io.intake.config.Engine;
import io.intake.config.MllpTarget;
import io.intake.processors.Secrets;
import io.intake.processors.forward.Batch;
import io.intake.processors.forward.EngineAdapter;
import io.intake.processors.forward.EngineAnswer;
import io.intake.processors.forward.EngineAnswer.Partly;
import io.intake.processors.forward.EngineAnswer.Refused;
import io.intake.processors.forward.EngineAnswer.Taken;
import io.intake.processors.forward.Pace;
import io.intake.processors.forward.hl7.OutboundMessage;
import io.intake.processors.forward.hl7.UnsendableException;
import io.intake.processors.forward.shape.Shaped;
import io.intake.processors.forward.shape.Shaped.Ready;
import io.intake.processors.forward.shape.Shapes;
import io.intake.processors.job.Job;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends each record of a batch as an HL7 v2 message over MLLP, one after another, each with its own answer: positive, and with
 * the control id of our message. The engine's time-out is for one message; a batch that takes longer than {@link #SLICE} is
 * taken in parts, so that a checkpoint is never far. Thread-safe.
 */
public final class MllpAdapter implements EngineAdapter<MllpTarget> {
    /** What a crash may have sent again: more than one message each. */
    static final Duration SLICE = Duration.ofSeconds(5);

    /** MSH-10 is this long at most before HL7 2.7. */
    private static final int CONTROL_ID_LENGTH = 20;

    private final Connections connections;
    private final InstantSource clock;
    private final Shapes shapes;

    /** @param shapes what is sent of a record of a table; files hold messages already */
    public MllpAdapter(Secrets secrets, InstantSource clock, Shapes shapes) {
        this.connections = new Connections(secrets, clock);
        this.clock = clock;
        this.shapes = shapes;
    }

    @Override
    public EngineAnswer send(Engine engine, MllpTarget target, Job job, Batch batch) {
        return send(engine, target, job, batch, Pace.FREE);
    }

    @Override
    public EngineAnswer send(Engine engine, MllpTarget target, Job job, Batch batch, Pace pace) {
        if (job.requireFeed().files() != null) {
            return send(engine, target, job, batch, Ready.plain(batch).records(), false, pace);
        }
        return switch (shapes.of(job, batch)) {
            case Ready ready -> send(engine, target, job, batch, ready.records(), true, pace);
            case Shaped.Not not -> not.answer();
        };
    }

    private EngineAnswer send(
            Engine engine, MllpTarget target, Job job, Batch batch, List<byte[]> records, boolean text, Pace pace) {
        Instant begun = clock.instant();
        String reference = null;
        try (Session session = new Session(connections, target, engine.timeout(), clock)) {
            for (int i = 0; i < records.size(); i++) {
                if (i > 0 && (clock.instant().isAfter(begun.plus(SLICE)) || !pace.another())) {
                    return partly(i, reference, EngineAnswer.NOT_SENT);
                }
                EngineAnswer answer = send(session, records.get(i), controlId(job, batch, i), text);
                if (!(answer instanceof Taken taken)) {
                    return partly(i, reference, answer);
                }
                reference = taken.reference();
            }
        }
        return new Taken(reference);
    }

    private static EngineAnswer send(Session session, byte[] record, String ownId, boolean text) {
        try {
            return session.send(OutboundMessage.of(record, ownId, text));
        } catch (UnsendableException unsendable) {
            return new Refused(unsendable.code());
        }
    }

    private static EngineAnswer partly(int taken, @Nullable String reference, EngineAnswer rest) {
        return taken == 0 ? rest : new Partly(taken, reference, rest);
    }

    /** What a message without a control id gets: by job, file or table, and place in it, so that it is the same when sent again. */
    static String controlId(Job job, Batch batch, int index) {
        String place = job.deliveryId() + "\0" + job.feedId() + "\0" + batch.table() + "\0" + (batch.first() + index);
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(place.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().withUpperCase().formatHex(hash).substring(0, CONTROL_ID_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public void close() {
        connections.close();
    }
}
