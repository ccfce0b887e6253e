package io.intake.gateway.upload;

import io.intake.store.Part;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run of an upload's bytes that is to become one part of it: an upload of its own, or the object that it has become.
 * Immutable.
 *
 * @param key its own, under {@link io.intake.bucket.BucketLayout#PARKED}
 * @param storeId the store's id of the upload; null if it is an object
 * @param etag the object's; null if it is an upload
 * @param size in bytes
 * @param parts of the upload, numbered from 1 without a gap; none of the object
 */
record Segment(
        String key, @Nullable String storeId, @Nullable String etag, long size, List<Part> parts) {
    Segment {
        parts = List.copyOf(parts);
    }

    /** One to which parts can be added. */
    static Segment open(String key, String storeId, List<Part> parts) {
        return new Segment(
                key, storeId, null, parts.stream().mapToLong(Part::size).sum(), parts);
    }

    /** One that only has to be copied. */
    static Segment object(String key, String etag, long size) {
        return new Segment(key, null, etag, size, List.of());
    }

    Segment withParts(List<Part> durable) {
        return storeId == null ? this : open(key, storeId, durable);
    }
}
