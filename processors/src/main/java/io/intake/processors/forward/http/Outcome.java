package io.intake.processors.forward.http;

import io.intake.processors.forward.EngineAnswer.Unavailable;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What came of one HTTP request. */
public sealed interface Outcome {

    /**
     * An answer came.
     *
     * @param headers names in lower case
     * @param body its beginning, up to what was asked for; it may hold PHI
     * @param whole whether the body is all of it
     */
    record Answered(int status, Map<String, List<String>> headers, byte[] body, boolean whole) implements Outcome {
        /** The first value of a header; null if there is none. */
        public @Nullable String header(String name) {
            List<String> values = headers.get(name.toLowerCase(Locale.ROOT));
            return values == null || values.isEmpty() ? null : values.getFirst();
        }

        /** Without headers and body, which may hold PHI. */
        @Override
        public String toString() {
            return "Answered[status=" + status + "]";
        }
    }

    /** None came, or the request could not be made. */
    record Failed(Unavailable why) implements Outcome {}
}
