package io.intake.gateway.quota;

import org.jspecify.annotations.Nullable;

/**
 * What a partner has stored below {@code /inbound}, unfinished uploads included, and may store.
 *
 * @param bytes stored
 * @param byteLimit null for none
 * @param files stored
 * @param fileLimit null for none
 */
public record Usage(
        long bytes,
        @Nullable Long byteLimit,
        long files,
        @Nullable Integer fileLimit) {
    /** Neither counted nor limited. */
    static final Usage UNLIMITED = new Usage(0, null, 0, null);
}
