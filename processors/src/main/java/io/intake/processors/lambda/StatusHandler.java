package io.intake.processors.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext.Authorizer;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import io.intake.processors.status.StatusPages;
import io.intake.processors.status.StatusPages.Answer;
import io.intake.processors.status.StatusPages.Request;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The status page behind a function URL or an HTTP API (payload format 2.0). AWS has checked who asks before the function runs; an event in
 * which it says of nobody that it did is refused, so that an address that was opened by mistake shows nothing.
 */
public final class StatusHandler implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> {
    private static final Logger LOG = LoggerFactory.getLogger(StatusHandler.class);

    private final StatusPages pages;

    /** For Lambda. */
    public StatusHandler() {
        this(Sandbox.status());
    }

    /** For tests. */
    public StatusHandler(StatusPages pages) {
        this.pages = pages;
    }

    @Override
    public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
        return Invocations.run("status", context, () -> respond(event));
    }

    private APIGatewayV2HTTPResponse respond(APIGatewayV2HTTPEvent event) {
        Optional<String> caller = Optional.ofNullable(event.getRequestContext())
                .map(RequestContext::getAuthorizer)
                .flatMap(StatusHandler::caller);
        Answer answer = caller.isPresent()
                ? pages.answer(request(event))
                : pages.message(403, "Not allowed", "Nobody has checked who you are, so nothing is shown.");
        LOG.atInfo()
                .addKeyValue("caller", caller.orElse("nobody"))
                .addKeyValue("status", answer.status())
                .log("status page");
        return APIGatewayV2HTTPResponse.builder()
                .withStatusCode(answer.status())
                .withHeaders(answer.headers())
                .withBody(answer.body())
                .withIsBase64Encoded(false)
                .build();
    }

    private static Request request(APIGatewayV2HTTPEvent event) {
        Map<String, String> values = event.getQueryStringParameters();
        return new Request(method(event), values == null ? Map.of() : values, wantsJson(event.getHeaders()));
    }

    private static String method(APIGatewayV2HTTPEvent event) {
        return Optional.ofNullable(event.getRequestContext())
                .map(RequestContext::getHttp)
                .map(RequestContext.Http::getMethod)
                .orElse("GET");
    }

    private static boolean wantsJson(@Nullable Map<String, String> headers) {
        if (headers == null) {
            return false;
        }
        // Of a function URL in lower case; of other senders as they like
        return headers.entrySet().stream()
                .filter(header -> header.getKey().equalsIgnoreCase("accept"))
                .map(header -> header.getValue().toLowerCase(Locale.ROOT))
                .anyMatch(accept -> accept.contains("application/json") && !accept.contains("text/html"));
    }

    /** Who asks, as AWS found: by IAM, by a token, or as an authorizer of one's own says. */
    private static Optional<String> caller(Authorizer authorizer) {
        if (authorizer.getIam() != null) {
            return Optional.ofNullable(authorizer.getIam().getUserArn());
        }
        if (authorizer.getJwt() != null && authorizer.getJwt().getClaims() != null) {
            return Optional.ofNullable(authorizer.getJwt().getClaims().get("sub"));
        }
        return Optional.ofNullable(authorizer.getLambda())
                .map(given -> given.get("principalId"))
                .map(Object::toString);
    }
}
