package io.intake.bucket;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Ids of uploads that hold the time of their beginning (UUID version 7, RFC 9562 section 5.7), so that two uploads can be told
 * apart in time that S3, which knows whole seconds, gives the same time. Pure.
 */
public final class UploadIds {
    private static final int VERSION = 7;
    private static final String UNKNOWN = "0".repeat(16);

    private UploadIds() {}

    /**
     * An id.
     *
     * @param random a random UUID, of which the second half is taken
     */
    public static String of(Instant now, UUID random) {
        long fraction = ChronoUnit.NANOS.between(now.truncatedTo(ChronoUnit.MILLIS), now) * 4096 / 1_000_000;
        long first = now.toEpochMilli() << 16 | VERSION << 12 | fraction;
        return new UUID(first, random.getLeastSignificantBits()).toString();
    }

    /** The time of an id as a text that sorts as it does; that of the epoch where the id holds none. */
    public static String time(@Nullable String id) {
        if (id == null || id.length() != 36) {
            return UNKNOWN;
        }
        try {
            UUID read = UUID.fromString(id);
            return read.version() == VERSION ? "%016x".formatted(read.getMostSignificantBits()) : UNKNOWN;
        } catch (IllegalArgumentException other) {
            return UNKNOWN;
        }
    }
}
