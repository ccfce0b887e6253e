package io.intake.store;

import org.jspecify.annotations.Nullable;

/**
 * An object to copy from.
 *
 * @param key the object's key
 * @param ifMatch null, or the ETag that it must still have
 * @param versionId null for the current version
 */
public record CopySource(
        String key, @Nullable String ifMatch, @Nullable String versionId) {

    /** The version that the ETag names. */
    public static CopySource pinned(String key, String ifMatch) {
        return new CopySource(key, ifMatch, null);
    }
}
