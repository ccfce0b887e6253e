package io.intake.processors.lambda;

import com.amazonaws.services.lambda.runtime.events.S3Event;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes the keys out of S3's notifications. */
final class Keys {
    private Keys() {}

    /** The decoded keys of an event; S3 encodes them as form data. Its test event has none. */
    static List<String> of(S3Event event) {
        return event.getRecords() == null
                ? List.of()
                : event.getRecords().stream()
                        .map(notification -> notification.getS3().getObject().getUrlDecodedKey())
                        .toList();
    }

    /**
     * Does something for each key of an event, also after one has failed.
     *
     * @throws RuntimeException the first failure, with the others suppressed, so that Lambda tries the event again
     */
    static void each(S3Event event, Consumer<String> action) {
        @Nullable RuntimeException failure = null;
        for (String key : of(event)) {
            try {
                action.accept(key);
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
