package io.intake.store;

import org.jspecify.annotations.Nullable;

/**
 * What to read.
 *
 * @param key the object's key
 * @param range null for the whole object; a range that reaches beyond the end is cut there
 * @param ifMatch null, or the ETag that the object must still have
 * @param versionId null for the current version
 */
public record ReadRequest(
        String key,
        @Nullable ByteRange range,
        @Nullable String ifMatch,
        @Nullable String versionId) {

    /** The whole object as it is now. */
    public static ReadRequest whole(String key) {
        return new ReadRequest(key, null, null, null);
    }

    /** A range of the version that the ETag names. */
    public static ReadRequest range(String key, ByteRange range, String ifMatch) {
        return new ReadRequest(key, range, ifMatch, null);
    }
}
