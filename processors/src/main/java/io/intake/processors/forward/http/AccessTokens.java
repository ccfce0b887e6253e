package io.intake.processors.forward.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.config.ClientTls;
import io.intake.config.OAuth;
import io.intake.config.OAuth.Proof;
import io.intake.processors.Json;
import io.intake.processors.Secrets;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.http.Outcome.Answered;
import io.intake.processors.forward.http.Outcome.Failed;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Access tokens, each kept until it nears its end. Those who need one at the same time share one request for it, and its
 * failure. Thread-safe.
 */
final class AccessTokens {
    private static final String ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private static final int MOST_ANSWER = 64 << 10;

    /** What is left of a token's time when it is no longer used: a request that is under way must still arrive. */
    private static final Duration MARGIN = Duration.ofSeconds(60);

    /** Where the answer does not say how long a token is good for (RFC 6749, 5.1: it should). */
    private static final long UNSAID = 120;

    /** RFC 6749, 5.2: no other text of an answer goes into a code. */
    private static final Set<String> ERRORS = Set.of(
            "invalid_request",
            "invalid_client",
            "invalid_grant",
            "unauthorized_client",
            "unsupported_grant_type",
            "invalid_scope");

    private final HttpCalls calls;
    private final Secrets secrets;
    private final InstantSource clock;
    private final Supplier<String> ids;
    private final ConcurrentHashMap<OAuth, Slot> slots = new ConcurrentHashMap<>();

    /** @param ids gives an id that was never given before */
    AccessTokens(HttpCalls calls, Secrets secrets, InstantSource clock, Supplier<String> ids) {
        this.calls = calls;
        this.secrets = secrets;
        this.clock = clock;
        this.ids = ids;
    }

    /** A token, or why there is none. */
    sealed interface Result {
        /** Usable until a time. */
        record Token(String value, Instant until) implements Result {
            @Override
            public String toString() {
                return "Token[]";
            }
        }

        /** There is none. */
        record None(Unavailable why) implements Result {}
    }

    private static final class Slot {
        private Result.@Nullable Token token;
        private @Nullable CompletableFuture<Result> asked;
    }

    /** A token that is good for some time yet. */
    Result token(OAuth oauth, @Nullable ClientTls tls, Deadline deadline) {
        Slot slot = slots.computeIfAbsent(oauth, _ -> new Slot());
        CompletableFuture<Result> mine = new CompletableFuture<>();
        CompletableFuture<Result> theirs;
        synchronized (slot) {
            Result.Token kept = slot.token;
            if (kept != null && clock.instant().isBefore(kept.until())) {
                return kept;
            }
            theirs = slot.asked;
            if (theirs == null) {
                slot.asked = mine;
            }
        }
        if (theirs != null) {
            return await(theirs, deadline);
        }
        Result result = new Result.None(new Unavailable("TOKEN_FAILED", null, false));
        try {
            result = ask(oauth, tls, deadline);
        } finally {
            synchronized (slot) {
                slot.token = result instanceof Result.Token token ? token : null;
                slot.asked = null;
            }
            mine.complete(result);
        }
        return result;
    }

    /** Forgets a token that was refused; not one that took its place meanwhile. */
    void refused(OAuth oauth, String value) {
        Slot slot = slots.get(oauth);
        if (slot != null) {
            synchronized (slot) {
                if (slot.token != null && slot.token.value().equals(value)) {
                    slot.token = null;
                }
            }
        }
    }

    private static Result await(CompletableFuture<Result> theirs, Deadline deadline) {
        try {
            return theirs.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException slow) {
            return new Result.None(new Unavailable("TOKEN_TIMED_OUT", null, true));
        } catch (ExecutionException impossible) {
            throw new IllegalStateException("a token's request fails with an answer only", impossible);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return new Result.None(new Unavailable("INTERRUPTED", null, false));
        }
    }

    private Result ask(OAuth oauth, @Nullable ClientTls tls, Deadline deadline) {
        HttpRequest request;
        try {
            request = request(oauth);
        } catch (GeneralSecurityException | IllegalArgumentException unusable) {
            return new Result.None(new Unavailable("TOKEN_SECRET_UNUSABLE", null, false));
        } catch (IllegalStateException absent) {
            return new Result.None(new Unavailable("SECRET_ABSENT", null, false));
        }
        return switch (calls.send(tls, request, "TOKEN_", deadline, MOST_ANSWER)) {
            case Failed(Unavailable why) -> new Result.None(why);
            case Answered answer -> read(answer);
        };
    }

    private HttpRequest request(OAuth oauth) throws GeneralSecurityException {
        String secret = secrets.resolve(oauth.secret());
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "client_credentials");
        HttpRequest.Builder request = HttpRequest.newBuilder(oauth.tokenUrl())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Accept", "application/json");
        switch (oauth.proof()) {
            case BASIC -> {
                String pair = encoded(oauth.clientId()) + ":" + encoded(secret.strip());
                request.header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
            }
            case POST -> {
                form.put("client_id", oauth.clientId());
                form.put("client_secret", secret.strip());
            }
            case RS256, RS384, ES256, ES384 -> {
                form.put("client_assertion_type", ASSERTION);
                form.put("client_assertion", Assertions.of(oauth, secret, ids.get(), clock.instant()));
            }
        }
        if (oauth.scope() != null) {
            form.put("scope", oauth.scope());
            if (oauth.proof() != Proof.BASIC) {
                // Optional beside an assertion (RFC 7521, 4.2); those who give tokens by scope want it
                form.put("client_id", oauth.clientId());
            }
        }
        String body = form.entrySet().stream()
                .map(each -> each.getKey() + "=" + encoded(each.getValue()))
                .collect(Collectors.joining("&"));
        return request.POST(HttpRequest.BodyPublishers.ofString(body)).build();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private Result read(Answered answer) {
        Instant now = clock.instant();
        JsonNode json;
        try {
            json = Json.mapper().readTree(answer.body());
        } catch (IOException notJson) {
            json = Json.mapper().missingNode();
        }
        if (answer.status() != 200) {
            String error = json.path("error").asText();
            int status = answer.status();
            boolean passing = status == 408 || status == 429 || status >= 500;
            return new Result.None(new Unavailable(
                    "TOKEN_" + (ERRORS.contains(error) ? error.toUpperCase(Locale.ROOT) : "HTTP_" + status),
                    HttpAnswers.delay(answer.header("Retry-After"), now),
                    passing));
        }
        String token = json.path("access_token").asText();
        String type = json.path("token_type").asText("Bearer");
        if (!token.matches("[\\x21-\\x7e]{1,16384}") || !type.equalsIgnoreCase("bearer")) {
            return new Result.None(new Unavailable("TOKEN_ANSWER", null, false));
        }
        Duration life = Duration.ofSeconds(Math.clamp(json.path("expires_in").asLong(UNSAID), 0, 86_400));
        Duration quarter = life.dividedBy(4);
        return new Result.Token(token, now.plus(life).minus(quarter.compareTo(MARGIN) < 0 ? quarter : MARGIN));
    }
}
