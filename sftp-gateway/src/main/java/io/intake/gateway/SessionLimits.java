package io.intake.gateway;

import java.time.Duration;

/**
 * What one client may have.
 *
 * @param loginGrace until it must have logged in
 * @param idle silence after which its session ends; does not run while one of its requests is being dealt with. A client
 *     with an open upload stays as long as it answers when it is asked
 * @param sessionsPerPartner at once
 * @param channelsPerSession at once
 * @param windowBytes per channel, that it may send before earlier bytes were dealt with; also the most memory that a channel
 *     takes besides {@code upload.memory}
 */
public record SessionLimits(
        Duration loginGrace, Duration idle, int sessionsPerPartner, int channelsPerSession, int windowBytes) {
    /** The smallest window, in bytes: a few packets of the largest size. */
    public static final int MIN_WINDOW_BYTES = 1 << 20;

    public static final SessionLimits DEFAULT =
            new SessionLimits(Duration.ofSeconds(60), Duration.ofMinutes(15), 20, 10, 2 << 20);

    public SessionLimits {
        if (windowBytes < MIN_WINDOW_BYTES) {
            throw new IllegalArgumentException("a window has at least " + MIN_WINDOW_BYTES + " bytes: " + windowBytes);
        }
    }
}
