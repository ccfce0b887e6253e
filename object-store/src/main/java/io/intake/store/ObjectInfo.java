package io.intake.store;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the store says of an object.
 *
 * @param key the object's key
 * @param size in bytes
 * @param etag opaque, without quotes; changes whenever the object is replaced
 * @param versionId null where the bucket is not versioned
 * @param lastModified the store's clock, to the second
 * @param contentType null where unknown (listings)
 * @param metadata user metadata with lower-case names; empty in listings
 */
public record ObjectInfo(
        String key,
        long size,
        String etag,
        @Nullable String versionId,
        Instant lastModified,
        @Nullable String contentType,
        Map<String, String> metadata) {
    public ObjectInfo {
        metadata = Map.copyOf(metadata);
    }
}
