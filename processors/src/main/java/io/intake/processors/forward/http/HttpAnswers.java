package io.intake.processors.forward.http;

import io.intake.processors.forward.EngineAnswer;
import io.intake.processors.forward.EngineAnswer.Refused;
import io.intake.processors.forward.EngineAnswer.Taken;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * Decides what an HTTP answer means. Pure. A redirect is a failure: an engine's listener that answers 302 has not taken the
 * POST, and following it would turn it into a GET.
 */
public final class HttpAnswers {
    private HttpAnswers() {}

    /** What an answer without further meaning says of a batch. */
    public static EngineAnswer of(int status, @Nullable String retryAfter, Instant now) {
        if (status >= 200 && status < 300) {
            return new Taken(null);
        }
        return switch (status) {
            case 400, 413, 422 -> new Refused("HTTP_" + status);
            // 409: what was sent before under this key is still being worked on
            // (draft-ietf-httpapi-idempotency-key-header-07, 2.7)
            case 408, 409, 425, 429, 500, 502, 503, 504 ->
                new Unavailable("HTTP_" + status, delay(retryAfter, now), true);
            default -> new Unavailable("HTTP_" + status, delay(retryAfter, now), false);
        };
    }

    /** Retry-After as seconds or a date (RFC 9110, 10.2.3), at most an hour; null where there is none or it is not clear. */
    public static @Nullable Duration delay(@Nullable String retryAfter, Instant now) {
        if (retryAfter == null) {
            return null;
        }
        Duration asked;
        try {
            asked = retryAfter.strip().matches("\\d{1,9}")
                    ? Duration.ofSeconds(Long.parseLong(retryAfter.strip()))
                    : Duration.between(
                            now,
                            ZonedDateTime.parse(retryAfter.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                                    .toInstant());
        } catch (DateTimeException notADate) {
            return null;
        }
        Duration hour = Duration.ofHours(1);
        return asked.isNegative() ? Duration.ZERO : asked.compareTo(hour) > 0 ? hour : asked;
    }
}
