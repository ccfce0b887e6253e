package io.intake.store;

import org.jspecify.annotations.Nullable;

/**
 * A part that the store has.
 *
 * @param number 1 to 10,000
 * @param size in bytes; -1 where the store did not say (a part made by copying, until it is listed)
 * @param etag as the store gave it, without quotes
 * @param crc32 of its bytes, as an unsigned 32-bit number; null where the store did not say
 */
public record Part(
        int number, long size, String etag, @Nullable Long crc32) {}
