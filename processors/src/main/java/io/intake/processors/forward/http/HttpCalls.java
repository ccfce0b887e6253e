package io.intake.processors.forward.http;

import io.intake.config.ClientTls;
import io.intake.processors.forward.ConnectionFaults;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.http.Outcome.Answered;
import io.intake.processors.forward.http.Outcome.Failed;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One request, one answer. The whole exchange, the answer's body included, ends by the deadline, because the JDK's own
 * time-out ends with the answer's headers. Thread-safe.
 */
final class HttpCalls {
    private final HttpClients clients;

    HttpCalls(HttpClients clients) {
        this.clients = clients;
    }

    /**
     * Sends a request; never throws for what becomes of it.
     *
     * @param prefix before codes: whose address was not reached
     * @param most how much of the answer's body is kept, in bytes
     */
    Outcome send(@Nullable ClientTls tls, HttpRequest request, String prefix, Deadline deadline, int most) {
        HttpClient client;
        try {
            client = clients.of(tls);
        } catch (GeneralSecurityException unusable) {
            return failed(prefix + "TLS_SECRET_UNUSABLE", false);
        } catch (IllegalStateException absent) {
            return failed("SECRET_ABSENT", false);
        }
        CompletableFuture<HttpResponse<BoundedBody.Bytes>> exchange =
                client.sendAsync(request, _ -> new BoundedBody(most));
        try {
            HttpResponse<BoundedBody.Bytes> response =
                    exchange.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
            return new Answered(
                    response.statusCode(),
                    response.headers().map(),
                    response.body().bytes(),
                    response.body().whole());
        } catch (TimeoutException slow) {
            exchange.cancel(true);
            return failed(prefix + "TIMED_OUT", true);
        } catch (ExecutionException failed) {
            return failure(prefix, failed.getCause());
        } catch (InterruptedException stopped) {
            exchange.cancel(true);
            Thread.currentThread().interrupt();
            return failed("INTERRUPTED", false);
        }
    }

    private static Outcome failure(String prefix, @Nullable Throwable cause) {
        if (!(cause instanceof IOException lost)) {
            throw new IllegalStateException("the HTTP client failed", cause);
        }
        Unavailable why = ConnectionFaults.of(lost, "CONNECTION_LOST");
        return failed(prefix + why.code(), why.soon());
    }

    static Failed failed(String code, boolean soon) {
        return new Failed(new Unavailable(code, null, soon));
    }
}
