package io.intake.processors.forward.redox;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.processors.Json;
import io.intake.processors.forward.EngineAnswer;
import io.intake.processors.forward.EngineAnswer.Taken;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.http.HttpAnswers;
import io.intake.processors.forward.http.Outcome.Answered;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides what Redox's answers mean. Pure. */
final class RedoxAnswers {
    private RedoxAnswers() {}

    /**
     * Of a message. Taken is what each destination has a log for (Redox Developer Documentation, "Send"): any other 200 says
     * nothing.
     */
    static EngineAnswer ofMessage(Answered answer, int destinations, Instant now) {
        EngineAnswer meant = HttpAnswers.of(answer.status(), answer.header("Retry-After"), now);
        if (!(meant instanceof Taken)) {
            return meant;
        }
        List<String> logs = new ArrayList<>();
        for (JsonNode log : body(answer).path("Meta").path("Logs")) {
            String id = log.path("ID").asText();
            if (id.matches("[A-Za-z0-9._-]{1,100}")) {
                logs.add(id);
            }
        }
        return answer.status() == 200 && logs.size() >= destinations
                ? new Taken(String.join(",", logs))
                : new Unavailable("REDOX_NO_LOGS", null, false);
    }

    /** Where an uploaded file is now; null if it is nowhere. */
    static @Nullable URI uploaded(Answered answer) {
        String text = body(answer).path("URI").asText();
        boolean good = answer.status() / 100 == 2 && text.matches("https?://[\\x21-\\x7e]{1,2000}");
        try {
            return good ? URI.create(text) : null;
        } catch (IllegalArgumentException broken) {
            return null;
        }
    }

    private static JsonNode body(Answered answer) {
        try {
            JsonNode body = answer.whole() ? Json.mapper().readTree(answer.body()) : null;
            return body == null ? Json.mapper().missingNode() : body;
        } catch (IOException notJson) {
            return Json.mapper().missingNode();
        }
    }
}
