package io.intake.store;

import org.jspecify.annotations.Nullable;

/**
 * An object to copy from.
 *
 * @param key the object's key
 * @param ifMatch null, or the ETag that it must still have
 * @param versionId null for the current version
 * @param bucket null for the store's own; else the name of another bucket that its credentials may read
 */
public record CopySource(
        String key,
        @Nullable String ifMatch,
        @Nullable String versionId,
        @Nullable String bucket) {

    /** An object of the store's own bucket. */
    public CopySource(String key, @Nullable String ifMatch, @Nullable String versionId) {
        this(key, ifMatch, versionId, null);
    }

    /** The version that the ETag names. */
    public static CopySource pinned(String key, String ifMatch) {
        return new CopySource(key, ifMatch, null);
    }
}
