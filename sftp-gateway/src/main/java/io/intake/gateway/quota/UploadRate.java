package io.intake.gateway.quota;

import java.time.Duration;
import java.time.Instant;

/**
 * A token bucket: so many bytes per second, of which one second's may come at once. Whoever asks gets them, and is told how
 * long to wait before using them, so that those who wait at the same time share the rate in the order asked. Thread-safe.
 */
final class UploadRate {
    private static final long SECOND = 1_000_000_000;

    /** When all that was taken has been paid for. */
    private Instant paid = Instant.MIN;

    /**
     * Takes bytes.
     *
     * @param bytesPerSecond at least 1; may change from call to call
     * @return how long to wait; zero if they may be used now
     */
    synchronized Duration take(int bytes, long bytesPerSecond, Instant now) {
        Instant earliest = now.minusNanos(SECOND);
        Instant from = paid.isBefore(earliest) ? earliest : paid;
        paid = from.plusNanos(Math.multiplyExact((long) bytes, SECOND) / bytesPerSecond);
        return from.isAfter(now) ? Duration.between(now, from) : Duration.ZERO;
    }
}
