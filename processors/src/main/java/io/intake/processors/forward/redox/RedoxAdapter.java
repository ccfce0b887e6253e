package io.intake.processors.forward.redox;

import io.intake.config.Engine;
import io.intake.config.FeedMode;
import io.intake.config.FileDelivery;
import io.intake.config.RedoxTarget;
import io.intake.processors.forward.Batch;
import io.intake.processors.forward.EngineAdapter;
import io.intake.processors.forward.EngineAnswer;
import io.intake.processors.forward.EngineAnswer.Partly;
import io.intake.processors.forward.EngineAnswer.Refused;
import io.intake.processors.forward.EngineAnswer.Taken;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.http.Deadline;
import io.intake.processors.forward.http.HttpAdapter;
import io.intake.processors.forward.http.HttpAnswers;
import io.intake.processors.forward.http.HttpExchanges;
import io.intake.processors.forward.http.Outcome.Answered;
import io.intake.processors.forward.http.Outcome.Failed;
import io.intake.processors.forward.redox.RedoxMessage.NoMessage;
import io.intake.processors.forward.shape.Shaped;
import io.intake.processors.forward.shape.Shapes;
import io.intake.processors.job.Job;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends a message for each record, one after another, in order; what was taken before something happened is said. Redox knows
 * no idempotency key: a message whose answer was lost is sent again, and receivers tell it by what it says. Thread-safe.
 */
public final class RedoxAdapter implements EngineAdapter<RedoxTarget> {
    private static final int MOST_ANSWER = 1 << 20;

    /** References of a batch beyond so many characters are not kept: they go into a record of the delivery. */
    private static final int MOST_REFERENCES = 8 << 10;

    private final HttpExchanges exchanges;
    private final InstantSource clock;
    private final Shapes shapes;

    /** @param exchanges stay open when this is closed */
    public RedoxAdapter(HttpExchanges exchanges, InstantSource clock, Shapes shapes) {
        this.exchanges = exchanges;
        this.clock = clock;
        this.shapes = shapes;
    }

    @Override
    public EngineAnswer send(Engine engine, RedoxTarget target, Job job, Batch batch) {
        Deadline deadline = Deadline.in(engine.timeout(), clock);
        RedoxMessage messages = new RedoxMessage(target, job.requireFeed().mode() == FeedMode.TEST);
        FileDelivery file = job.requireFeed().files();
        if (file != null) {
            return sendFile(target, messages, file, batch, deadline);
        }
        return switch (shapes.of(job, batch)) {
            case Shaped.Not(EngineAnswer answer) -> answer;
            case Shaped.Ready(List<byte[]> records, Shaped.Kind ignored) ->
                sendAll(target, messages, records, deadline, engine.timeout().dividedBy(2));
        };
    }

    private EngineAnswer sendAll(
            RedoxTarget target, RedoxMessage messages, List<byte[]> records, Deadline deadline, Duration least) {
        List<byte[]> bodies = new ArrayList<>(records.size());
        for (byte[] each : records) {
            // All before the first is sent: a batch that must be cut is cut whole
            try {
                bodies.add(messages.of(each));
            } catch (NoMessage none) {
                return new Refused("NO_REDOX_MESSAGE");
            }
            if (bodies.getLast().length > RedoxTarget.MESSAGE) {
                return new Refused("BODY_TOO_LARGE");
            }
        }
        StringBuilder references = new StringBuilder();
        for (int i = 0; i < bodies.size(); i++) {
            // A message that time cuts off may be taken or not, and Redox cannot tell the next from it: better none
            // than one
            // with little time left
            EngineAnswer answer = i > 0 && deadline.left().compareTo(least) < 0
                    ? new Unavailable("GOES_ON", null, true)
                    : message(target, bodies.get(i), deadline);
            if (!(answer instanceof Taken(var logs))) {
                return i == 0 ? answer : new Partly(i, references.toString(), answer);
            }
            if (references.length() < MOST_REFERENCES) {
                references.append(i == 0 ? "" : ",").append(logs);
            }
        }
        return new Taken(references.toString());
    }

    private EngineAnswer message(RedoxTarget target, byte[] body, Deadline deadline) {
        HttpRequest.Builder request = HttpRequest.newBuilder(under(target.url(), "/endpoint"))
                .header("Content-Type", "application/json")
                .header("Accept", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        return switch (exchanges.send(target.access(), request, deadline, MOST_ANSWER)) {
            case Failed(Unavailable why) -> why;
            case Answered answer ->
                RedoxAnswers.ofMessage(answer, target.destinations().size(), clock.instant());
        };
    }

    /** The file first, then a message that says where it is. A file that is uploaded again is another file to Redox. */
    private EngineAnswer sendFile(
            RedoxTarget target, RedoxMessage messages, FileDelivery file, Batch batch, Deadline deadline) {
        if (batch.bytes().length > RedoxTarget.UPLOAD) {
            return new Refused("FILE_TOO_LARGE");
        }
        // Says nothing that the content could contain by chance
        String boundary = "intake-" + io.intake.processors.forward.shape.RecordIds.uuid(batch.table(), "boundary");
        HttpRequest.Builder request = HttpRequest.newBuilder(target.uploads())
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .header("Accept", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(multipart(boundary, file, batch)));
        return switch (exchanges.send(target.access(), request, deadline, MOST_ANSWER)) {
            case Failed(Unavailable why) -> why;
            case Answered answer -> {
                URI uploaded = RedoxAnswers.uploaded(answer);
                EngineAnswer meant = HttpAnswers.of(answer.status(), answer.header("Retry-After"), clock.instant());
                if (uploaded == null) {
                    yield meant instanceof Taken ? new Unavailable("REDOX_NO_URI", null, false) : meant;
                }
                try {
                    byte[] body = messages.ofFile(batch.table(), file.contentType(), uploaded);
                    yield message(target, body, deadline);
                } catch (NoMessage none) {
                    yield new Refused("NO_REDOX_MESSAGE");
                }
            }
        };
    }

    /** RFC 7578, with a name that breaks no header. */
    private static byte[] multipart(String boundary, FileDelivery file, Batch batch) {
        ByteArrayOutputStream body = new ByteArrayOutputStream(batch.bytes().length + 512);
        String head = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\""
                + HttpAdapter.percentEncoded(batch.table()) + "\"\r\nContent-Type: " + file.contentType()
                + "\r\n\r\n";
        body.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        body.writeBytes(batch.bytes());
        body.writeBytes(("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII));
        return body.toByteArray();
    }

    private static URI under(URI base, String path) {
        String text = base.toString();
        return URI.create((text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + path);
    }

    @Override
    public void close() {
        // The exchanges are others' too
    }
}
