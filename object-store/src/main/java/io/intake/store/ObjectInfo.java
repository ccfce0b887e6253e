package io.intake.store;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the store says of an object.
 *
 * @param key the object's key
 * @param size in bytes
 * @param etag opaque, without quotes; changes when the object is replaced by other bytes. The same bytes may have the same
 *     one, so an object that must be swapped safely needs something in its content that no two versions share
 * @param versionId null where the bucket is not versioned
 * @param lastModified the store's clock, to the second; of writes, when they were answered
 * @param contentType null where unknown (listings, completed uploads)
 * @param metadata user metadata with lower-case names; empty in listings and, where the store does not say, of completed
 *     uploads
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
