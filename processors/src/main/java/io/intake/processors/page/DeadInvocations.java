package io.intake.processors.page;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.processors.job.Hashes;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads what Lambda writes about an invocation that failed for good (AWS Lambda Developer Guide, "Capturing records of
 * Lambda asynchronous invocations") and leaves a page. The record holds the event, and so a file's name: only the function,
 * the request and the condition are taken from it. Thread-safe.
 */
public final class DeadInvocations {
    private final Records records;
    private final Outbox outbox;

    public DeadInvocations(Records records, Outbox outbox) {
        this.records = records;
        this.outbox = outbox;
    }

    /** Leaves a page for the record at a key, if it is one. */
    public void report(String key) {
        Optional<JsonNode> record = records.find(key, JsonNode.class).map(Versioned::value);
        record.map(found -> found.path("requestContext"))
                .filter(context -> context.path("functionArn").isTextual())
                .ifPresent(this::leave);
    }

    private void leave(JsonNode context) {
        String function = function(context.path("functionArn").asText());
        String request = context.path("requestId").asText("unknown");
        PageEvent page = ServicePages.invocationDied(
                function,
                context.path("condition").asText("unknown"),
                request,
                Map.of(
                        "request_id",
                        request,
                        "attempts",
                        context.path("approximateInvokeCount").asText("unknown")));
        outbox.leave("function-" + function + "-" + Hashes.hex(request, 6), 1, page);
    }

    /** The name in {@code arn:aws:lambda:region:account:function:name:qualifier}, as far as it is safe in a key. */
    static String function(String arn) {
        String[] parts = arn.split(":", -1);
        String name = parts.length > 6 ? parts[6] : arn;
        String safe = name.toLowerCase(Locale.ROOT).replaceAll("[^0-9a-z-]", "-");
        return safe.isEmpty() ? "unknown" : safe;
    }
}
