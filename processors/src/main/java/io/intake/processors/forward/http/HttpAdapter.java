package io.intake.processors.forward.http;

import io.intake.config.Engine;
import io.intake.config.FeedMode;
import io.intake.config.FileDelivery;
import io.intake.config.HttpBody;
import io.intake.config.HttpTarget;
import io.intake.processors.forward.Batch;
import io.intake.processors.forward.EngineAdapter;
import io.intake.processors.forward.EngineAnswer;
import io.intake.processors.forward.EngineAnswer.Refused;
import io.intake.processors.forward.EngineAnswer.Taken;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.http.Outcome.Answered;
import io.intake.processors.forward.http.Outcome.Failed;
import io.intake.processors.forward.shape.Shaped;
import io.intake.processors.forward.shape.Shapes;
import io.intake.processors.job.Job;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Sends batches in one of several forms, and files as they are. Thread-safe. */
public final class HttpAdapter implements EngineAdapter<HttpTarget> {
    /** Where in an answer what must be there is looked for. */
    private static final int MOST_ANSWER = 64 << 10;

    private final HttpExchanges exchanges;
    private final InstantSource clock;
    private final Shapes shapes;

    /** @param exchanges stay open when this is closed */
    public HttpAdapter(HttpExchanges exchanges, InstantSource clock, Shapes shapes) {
        this.exchanges = exchanges;
        this.clock = clock;
        this.shapes = shapes;
    }

    @Override
    public EngineAnswer send(Engine engine, HttpTarget target, Job job, Batch batch) {
        Deadline deadline = Deadline.in(engine.timeout(), clock);
        HttpBody how = target.body();
        byte[] body = batch.bytes();
        if (job.requireFeed().files() == null) {
            switch (shapes.of(job, batch)) {
                case Shaped.Not(EngineAnswer answer) -> {
                    return answer;
                }
                case Shaped.Ready(List<byte[]> records, Shaped.Kind ignored) -> {
                    try {
                        body = Bodies.of(how.form(), job, batch, records);
                    } catch (CsvBody.NotTabular nested) {
                        return new Refused("NOT_TABULAR");
                    }
                }
            }
        }
        if (body.length > how.maxBytes()) {
            return new Refused("BODY_TOO_LARGE");
        }
        HttpRequest.Builder request = request(target, job, batch, how.gzip() ? Bodies.gzip(body) : body);
        return switch (exchanges.send(target.access(), request, deadline, how.answer() == null ? 0 : MOST_ANSWER)) {
            case Failed(Unavailable why) -> why;
            case Answered answer -> meaning(answer, how.answer());
        };
    }

    private EngineAnswer meaning(Answered answer, @Nullable String expected) {
        EngineAnswer meant = HttpAnswers.of(answer.status(), answer.header("Retry-After"), clock.instant());
        boolean strange = expected != null
                && meant instanceof Taken
                && !Pattern.compile(expected)
                        .matcher(new String(answer.body(), StandardCharsets.UTF_8))
                        .find();
        return strange ? new Unavailable("ANSWER_NOT_EXPECTED", null, false) : meant;
    }

    private static HttpRequest.Builder request(HttpTarget target, Job job, Batch batch, byte[] body) {
        HttpBody how = target.body();
        HttpRequest.Builder request = HttpRequest.newBuilder(target.url())
                .header("Idempotency-Key", batch.key(job))
                .header("Intake-Job", job.deliveryId())
                .header("Intake-Partner", job.partner())
                .header("Intake-Feed", job.feedId())
                .header("Intake-Batch", Integer.toString(batch.number()))
                .header("Intake-Records", Integer.toString(batch.records()))
                .method(how.method().name(), HttpRequest.BodyPublishers.ofByteArray(body));
        if (job.requireFeed().mode() == FeedMode.TEST) {
            request.header("Intake-Mode", "test");
        }
        FileDelivery file = job.requireFeed().files();
        String form = how.contentType() == null ? how.form().contentType() : how.contentType();
        request.header("Content-Type", file == null ? form : file.contentType());
        if (file != null) {
            request.header("Content-Disposition", "attachment; filename*=UTF-8''" + percentEncoded(batch.table()));
        }
        if (how.gzip()) {
            request.header("Content-Encoding", "gzip");
        }
        return request;
    }

    /** RFC 8187, 3.2.1: what is no attr-char as %XX. */
    public static String percentEncoded(String name) {
        StringBuilder encoded = new StringBuilder();
        for (byte each : name.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = (each >= 'a' && each <= 'z')
                    || (each >= 'A' && each <= 'Z')
                    || (each >= '0' && each <= '9')
                    || "!#$&+-.^_`|~".indexOf(each) >= 0;
            if (plain) {
                encoded.append((char) each);
            } else {
                encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(each));
            }
        }
        return encoded.toString();
    }

    @Override
    public void close() {
        // The exchanges are others' too
    }
}
