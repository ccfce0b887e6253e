package io.intake.processors.forward.mllp;

import io.intake.config.ArchiveLimits;
import io.intake.config.Controls;
import io.intake.config.Engine;
import io.intake.config.Feed;
import io.intake.config.FileDelivery;
import io.intake.config.Format;
import io.intake.config.MllpTarget;
import io.intake.config.MllpTarget.Acknowledgement;
import io.intake.config.MllpTarget.ApplicationError;
import io.intake.processors.Secrets;
import io.intake.processors.TestClock;
import io.intake.processors.forward.Batch;
import io.intake.processors.forward.EngineAnswer;
import io.intake.processors.forward.EngineAnswer.Taken;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.shape.Shapes;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** An adapter, and an engine that answers as it is told. */
final class MllpWorld implements AutoCloseable {
    static final Taken TAKEN = new Taken("9");

    final TestClock clock = new TestClock();

    private final MllpAdapter adapter =
            new MllpAdapter(new Secrets(name -> null, name -> null, clock), clock, Shapes.PLAIN);

    final MllpScript engine = new MllpScript();

    MllpTarget target = new MllpTarget(
            "127.0.0.1", engine.port(), Duration.ofSeconds(20), null, Acknowledgement.COMMIT, ApplicationError.REFUSE);

    Duration timeout = Duration.ofSeconds(60);

    static Job job(TestClock clock) {
        Feed feed = new Feed(
                "adt",
                ".*",
                ArchiveLimits.DEFAULT,
                Format.DEFAULT,
                List.of(),
                "mirth",
                5,
                Set.of(),
                null,
                1,
                null,
                Controls.DEFAULT,
                new FileDelivery(false, "application/hl7-v2", 1 << 20),
                null);
        Input input = new Input("inbound/p/x.hl7", null, "e", 1, null, clock.instant());
        return Job.open("20260304-aa", "p", input, feed, clock.instant());
    }

    static String message(String controlId) {
        return "MSH|^~\\&|L|H|||2026||ADT^A01|" + controlId + "|P|2.5\rPID|1||77\r";
    }

    private static Batch batch(String... messages) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int[] ends = new int[messages.length];
        for (int i = 0; i < messages.length; i++) {
            bytes.writeBytes(messages[i].getBytes(StandardCharsets.ISO_8859_1));
            ends[i] = bytes.size();
        }
        return new Batch(1, "x.hl7", 10, bytes.toByteArray(), ends);
    }

    EngineAnswer send(String... messages) {
        return adapter.send(new Engine("mirth", target, timeout), target, job(clock), batch(messages));
    }

    static Unavailable unavailable(String code, boolean soon) {
        return new Unavailable(code, null, soon);
    }

    void shortTimeout() {
        timeout = Duration.ofMillis(300);
    }

    MllpTarget with(Acknowledgement acknowledgement, ApplicationError error) {
        return new MllpTarget("127.0.0.1", engine.port(), Duration.ofSeconds(20), null, acknowledgement, error);
    }

    @Override
    public void close() {
        adapter.close();
        engine.close();
    }
}
