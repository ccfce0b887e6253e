package io.intake.processors.forward.http;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.intake.config.Engine;
import io.intake.config.FeedMode;
import io.intake.config.FileDelivery;
import io.intake.config.HttpTarget;
import io.intake.processors.Secrets;
import io.intake.processors.forward.Batch;
import io.intake.processors.forward.EngineAdapter;
import io.intake.processors.forward.EngineAnswer;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.shape.Shaped;
import io.intake.processors.forward.shape.Shapes;
import io.intake.processors.job.Job;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Posts batches as JSON, and files as they are. HTTP/1.1, as integration engines' listeners speak it; no redirects. The whole exchange, the
 * answer's body included, has the engine's time-out, because the JDK's own ends with the answer's headers. Thread-safe.
 */
public final class HttpAdapter implements EngineAdapter<HttpTarget> {
    private final HttpClient http;
    private final Secrets secrets;
    private final InstantSource clock;
    private final Shapes shapes;

    public HttpAdapter(Secrets secrets, InstantSource clock, Shapes shapes) {
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(java.time.Duration.ofSeconds(10))
                .build();
        this.secrets = secrets;
        this.clock = clock;
        this.shapes = shapes;
    }

    @Override
    public EngineAnswer send(Engine engine, HttpTarget target, Job job, Batch batch) {
        byte[] body = batch.bytes();
        if (job.requireFeed().files() == null) {
            switch (shapes.of(job, batch)) {
                case Shaped.Not(EngineAnswer answer) -> {
                    return answer;
                }
                case Shaped.Ready(List<byte[]> records, Shaped.Kind ignored) -> body = body(job, batch, records);
            }
        }
        CompletableFuture<HttpResponse<Void>> exchange =
                http.sendAsync(request(target, job, batch, body), HttpResponse.BodyHandlers.discarding());
        try {
            HttpResponse<Void> response = exchange.get(engine.timeout().toMillis(), TimeUnit.MILLISECONDS);
            String retryAfter = response.headers().firstValue("Retry-After").orElse(null);
            return HttpAnswers.of(response.statusCode(), retryAfter, clock.instant());
        } catch (TimeoutException slow) {
            exchange.cancel(true);
            return new Unavailable("TIMED_OUT", null, true);
        } catch (ExecutionException failed) {
            return failure(failed.getCause());
        } catch (InterruptedException stopped) {
            exchange.cancel(true);
            Thread.currentThread().interrupt();
            return new Unavailable("INTERRUPTED", null, false);
        }
    }

    private static EngineAnswer failure(@Nullable Throwable cause) {
        return switch (cause) {
            case HttpTimeoutException ignored -> new Unavailable("TIMED_OUT", null, true);
            case IOException ignored -> new Unavailable("OUT_OF_REACH", null, true);
            case null, default -> throw new IllegalStateException("the HTTP client failed", cause);
        };
    }

    private HttpRequest request(HttpTarget target, Job job, Batch batch, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(target.url())
                .header("Idempotency-Key", batch.key(job))
                .header("Intake-Job", job.id())
                .header("Intake-Partner", job.partner())
                .header("Intake-Feed", job.feedId())
                .header("Intake-Batch", Integer.toString(batch.number()))
                .header("Intake-Records", Integer.toString(batch.records()));
        if (job.requireFeed().mode() == FeedMode.TEST) {
            request.header("Intake-Test", "true");
        }
        FileDelivery file = job.requireFeed().files();
        if (file == null) {
            request.header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofByteArray(body));
        } else {
            request.header("Content-Type", file.contentType())
                    .header("Content-Disposition", "attachment; filename*=UTF-8''" + percentEncoded(batch.table()))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        }
        if (target.authorization() != null) {
            request.header("Authorization", secrets.resolve(target.authorization()));
        }
        return request.build();
    }

    /** RFC 8187, 3.2.1: what is no attr-char as %XX. */
    static String percentEncoded(String name) {
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

    /** Who, what, and the records as a JSON array. */
    private static byte[] body(Job job, Batch batch, List<byte[]> records) {
        ByteArrayOutputStream body = new ByteArrayOutputStream(batch.bytes().length + 256);
        String head = "{\"job\":\"%s\",\"partner\":\"%s\",\"feed\":\"%s\",\"table\":%s,\"batch\":%d,\"records\":[\n"
                .formatted(job.id(), job.partner(), job.feedId(), quoted(batch.table()), batch.number());
        body.writeBytes(head.getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < records.size(); i++) {
            if (i > 0) {
                body.writeBytes(new byte[] {',', '\n'});
            }
            body.writeBytes(records.get(i));
        }
        body.writeBytes("\n]}".getBytes(StandardCharsets.UTF_8));
        return body.toByteArray();
    }

    private static String quoted(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }

    @Override
    public void close() {
        http.close();
    }
}
