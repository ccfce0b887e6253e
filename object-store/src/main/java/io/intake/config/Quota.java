package io.intake.config;

import org.jspecify.annotations.Nullable;

/**
 * What a partner may take of what all share.
 *
 * @param sessions at once; null for the gateway's default
 */
public record Quota(@Nullable Integer sessions) {
    /** The gateway's defaults. */
    public static final Quota DEFAULT = new Quota(null);
}
