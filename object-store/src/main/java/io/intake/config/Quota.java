package io.intake.config;

import org.jspecify.annotations.Nullable;

/**
 * What a partner may take of what all share.
 *
 * @param sessions at once; null for the gateway's default
 * @param bytes stored below {@code /inbound}, unfinished uploads included; null for no limit
 * @param files stored there, unfinished ones included; null for no limit
 * @param uploadRate bytes per second that all its sessions may send together; null for no limit
 */
public record Quota(
        @Nullable Integer sessions,
        @Nullable Long bytes,
        @Nullable Integer files,
        @Nullable Long uploadRate) {
    /** The gateway's defaults. */
    public static final Quota DEFAULT = new Quota(null);

    /** A limit on sessions only. */
    public Quota(@Nullable Integer sessions) {
        this(sessions, null, null, null);
    }

    /** Whether what is stored has to be counted. */
    public boolean limitsSpace() {
        return bytes != null || files != null;
    }
}
