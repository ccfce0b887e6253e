package io.intake.gateway;

import java.time.Duration;

/**
 * How uploads share their memory.
 *
 * @param partnerPercent the most of it that one partner's uploads may have at once, 1 to 100
 * @param idle how long a client must be silent before its upload is put aside for others who wait for memory
 */
public record UploadLimits(int partnerPercent, Duration idle) {
    public static final UploadLimits DEFAULT = new UploadLimits(50, Duration.ofSeconds(2));

    public UploadLimits {
        if (partnerPercent < 1 || partnerPercent > 100) {
            throw new IllegalArgumentException("a share is 1 to 100 percent: " + partnerPercent);
        }
        if (idle.isNegative()) {
            throw new IllegalArgumentException("silence cannot be negative: " + idle);
        }
    }
}
