package io.intake.processors.forward.fhir;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.processors.Json;
import io.intake.processors.forward.EngineAnswer;
import io.intake.processors.forward.EngineAnswer.Refused;
import io.intake.processors.forward.EngineAnswer.Taken;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.http.HttpAnswers;
import io.intake.processors.forward.http.Outcome.Answered;
import java.io.IOException;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;

/**
 * Decides what a FHIR server's answer to a transaction means. Of an OperationOutcome only the issue's code is used, and of that
 * only the words that FHIR R4 knows: diagnostics repeat values. Pure.
 */
final class FhirAnswers {
    /** Issue types (FHIR R4, value set issue-type) by which a server says that it is not the content's fault. */
    private static final Set<String> PASSING =
            Set.of("transient", "lock-error", "no-store", "exception", "timeout", "incomplete", "throttled");

    private static final Set<String> ACCESS =
            Set.of("security", "login", "unknown", "expired", "forbidden", "suppressed");

    private static final Set<String> CONTENT = Set.of(
            "invalid",
            "structure",
            "required",
            "value",
            "invariant",
            "processing",
            "not-supported",
            "duplicate",
            "multiple-matches",
            "not-found",
            "deleted",
            "too-long",
            "code-invalid",
            "extension",
            "too-costly",
            "business-rule",
            "conflict");

    private FhirAnswers() {}

    /** @param entries how many the transaction had */
    static EngineAnswer of(Answered answer, int entries, Instant now) {
        JsonNode body = body(answer);
        int status = answer.status();
        if (status == 200) {
            return answer.whole() ? taken(body, entries) : new Unavailable("FHIR_ANSWER", null, false);
        }
        EngineAnswer meant = HttpAnswers.of(status, answer.header("Retry-After"), now);
        String issue = issue(body);
        String code = issue.isEmpty() ? "HTTP_" + status : "HTTP_" + status + "_" + issue;
        return switch (meant) {
            // Another 2xx is no answer to a transaction
            case Taken ignored -> new Unavailable("FHIR_ANSWER", null, false);
            case Refused ignored when PASSING.contains(word(issue)) -> new Unavailable(code, null, true);
            case Refused ignored -> new Refused(code);
            // A condition that several resources meet, or one that has changed: of one record, whatever is sent with it
            case Unavailable ignored when status == 412 -> new Refused(code);
            case Unavailable(String ignored, var retryAfter, boolean soon) -> new Unavailable(code, retryAfter, soon);
            case EngineAnswer.Partly partly -> partly;
        };
    }

    private static EngineAnswer taken(JsonNode body, int entries) {
        JsonNode answered = body.path("entry");
        if (!body.path("resourceType").asText().equals("Bundle")
                || !body.path("type").asText().equals("transaction-response")
                || answered.size() != entries) {
            return new Unavailable("FHIR_ANSWER", null, false);
        }
        EngineAnswer worst = new Taken(body.path("id").isTextual() ? reference(body.path("id")) : null);
        for (JsonNode each : answered) {
            String status = each.path("response").path("status").asText();
            if (!status.matches("2[0-9]{2}( .*)?")) {
                String digits = status.matches("[1-5][0-9]{2}( .*)?") ? status.substring(0, 3) : "NONE";
                if (!digits.startsWith("4")) {
                    return new Unavailable("FHIR_ENTRY_" + digits, null, true);
                }
                worst = new Refused("FHIR_ENTRY_" + digits);
            }
        }
        return worst;
    }

    /** FHIR R4, 2.24.0.1: an id has at most 64 of these. */
    private static @org.jspecify.annotations.Nullable String reference(JsonNode id) {
        return id.asText().matches("[A-Za-z0-9.-]{1,64}") ? "Bundle/" + id.asText() : null;
    }

    private static JsonNode body(Answered answer) {
        try {
            JsonNode body = Json.mapper().readTree(answer.body());
            return body == null ? Json.mapper().missingNode() : body;
        } catch (IOException notJson) {
            return Json.mapper().missingNode();
        }
    }

    /** The code of the first issue that is an error, in upper case; empty where there is none that is known. */
    private static String issue(JsonNode body) {
        for (JsonNode each : body.path("issue")) {
            String code = each.path("code").asText();
            boolean error = each.path("severity").asText().matches("error|fatal");
            if (error && (PASSING.contains(code) || ACCESS.contains(code) || CONTENT.contains(code))) {
                return code.toUpperCase(Locale.ROOT).replace('-', '_');
            }
        }
        return "";
    }

    private static String word(String issue) {
        return issue.toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
