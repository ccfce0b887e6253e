package io.intake.config;

import io.intake.config.Controls.RejectLimit;
import org.jspecify.annotations.Nullable;

/**
 * How a feed's files are delivered.
 *
 * @param ordered whether its files are delivered one after another, in the order of their uploads
 * @param maxRefused most records of a file that the engine may refuse; null for what is usual
 */
public record DeliveryRules(boolean ordered, @Nullable RejectLimit maxRefused) {
    /** Each file by itself. */
    public static final DeliveryRules DEFAULT = new DeliveryRules(false, null);

    private static final long SHARE = 100;
    private static final long LEAST = 10;
    private static final long MOST = 100;

    /**
     * Whether the engine has refused too many records for them to be at fault one by one. Usual are one in a hundred, but ten
     * always, and never more than a hundred.
     *
     * @param records of the whole file
     */
    public boolean exceeded(long records, long refused) {
        return maxRefused != null
                ? maxRefused.exceeded(records, refused)
                : refused > Math.min(MOST, Math.max(LEAST, records / SHARE));
    }
}
