package io.intake.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How much an engine may be asked, by all functions together.
 *
 * @param rate most requests in a time; null for any number
 * @param concurrency most functions that send at once; 0 for any number
 */
public record Limits(@Nullable Rate rate, int concurrency) {
    /** As much as there is to send. */
    public static final Limits NONE = new Limits(null, 0);

    /**
     * So many requests in any stretch of time of this length.
     *
     * @param requests 1 to 1,000,000
     * @param period 1 s to 1 d
     */
    public record Rate(int requests, Duration period) {}
}
