package io.intake.store.s3;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A header's date, parsed only when it is another one than the last time: to parse it costs as much as the rest of an
 * answer's head, and answers within a second, or of one object, have the same. Thread-safe.
 */
final class RememberedDate {
    private record Dated(String text, Instant time) {}

    private volatile @Nullable Dated last;

    /** Empty where the header is missing or broken. */
    Optional<Instant> of(@Nullable String text) {
        Dated known = last;
        if (known == null || !known.text().equals(text)) {
            Optional<Instant> time = S3Context.date(text);
            if (text == null || time.isEmpty()) {
                return time;
            }
            known = new Dated(text, time.get());
            last = known;
        }
        return Optional.of(known.time());
    }
}
