package io.intake.processors.forward.http;

import io.intake.config.HttpAccess;
import io.intake.config.OAuth;
import io.intake.processors.Secrets;
import io.intake.processors.forward.http.AccessTokens.Result;
import io.intake.processors.forward.http.Outcome.Answered;
import java.net.http.HttpRequest;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Requests to engines that are told who we are: headers, secrets, access tokens, TLS. A token that is refused is renewed once.
 * For all engines reached by HTTP. Thread-safe.
 */
public final class HttpExchanges implements AutoCloseable {
    private final HttpClients clients;
    private final HttpCalls calls;
    private final AccessTokens tokens;
    private final Secrets secrets;

    /** @param ids gives an id that was never given before */
    public HttpExchanges(Secrets secrets, InstantSource clock, Supplier<String> ids) {
        this.secrets = secrets;
        this.clients = new HttpClients(secrets);
        this.calls = new HttpCalls(clients);
        this.tokens = new AccessTokens(calls, secrets, clock, ids);
    }

    /**
     * Sends a request; never throws for what the engine or the network does, nor for a secret that cannot be had.
     *
     * @param request without what says who we are
     * @param deadline by which all has ended, a token's request included
     * @param most how much of the answer's body is kept, in bytes
     */
    public Outcome send(HttpAccess access, HttpRequest.Builder request, Deadline deadline, int most) {
        OAuth oauth = access.oauth();
        if (oauth == null) {
            return sent(access, request, authorization(access), deadline, most);
        }
        for (int attempt = 1; attempt <= 2; attempt++) {
            switch (tokens.token(oauth, access.tls(), deadline)) {
                case Result.None none -> {
                    return new Outcome.Failed(none.why());
                }
                case Result.Token token -> {
                    Outcome outcome = sent(access, request, () -> "Bearer " + token.value(), deadline, most);
                    if (!(outcome instanceof Answered answer) || answer.status() != 401) {
                        return outcome;
                    }
                    tokens.refused(oauth, token.value());
                }
            }
        }
        // The token service knows us, and the engine does not take what it gives
        return HttpCalls.failed("TOKEN_REFUSED", false);
    }

    private Supplier<@Nullable String> authorization(HttpAccess access) {
        String value = access.authorization();
        return () -> secrets.resolveOptional(value);
    }

    private Outcome sent(
            HttpAccess access,
            HttpRequest.Builder request,
            Supplier<@Nullable String> authorization,
            Deadline deadline,
            int most) {
        HttpRequest made;
        try {
            access.headers().forEach((name, value) -> request.setHeader(name, secrets.resolve(value)));
            String value = authorization.get();
            if (value != null) {
                request.setHeader("Authorization", value);
            }
            made = request.build();
        } catch (IllegalArgumentException broken) {
            // The JDK's message repeats the value
            return HttpCalls.failed("SECRET_UNUSABLE", false);
        } catch (IllegalStateException absent) {
            return HttpCalls.failed("SECRET_ABSENT", false);
        }
        return calls.send(access.tls(), made, "", deadline, most);
    }

    @Override
    public void close() {
        clients.close();
    }
}
