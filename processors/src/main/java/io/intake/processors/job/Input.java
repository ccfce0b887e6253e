package io.intake.processors.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The object a job is about. Holds the file's name (in the key): for S3 and receipts only, never for logs.
 *
 * @param key in the bucket
 * @param versionId null where the bucket is not versioned
 * @param etag every read is pinned to it
 * @param size in bytes
 * @param crc32 of the whole object as eight hex digits; null where the uploader did not say
 * @param uploadedAt by the store's clock, which S3 gives in whole seconds
 * @param uploadId the gateway's, which can hold a finer time; null where it gave none
 */
public record Input(
        String key,
        @Nullable String versionId,
        String etag,
        long size,
        @Nullable String crc32,
        Instant uploadedAt,
        @Nullable String uploadId) {

    /** Without an upload's id. */
    public Input(
            String key,
            @Nullable String versionId,
            String etag,
            long size,
            @Nullable String crc32,
            Instant uploadedAt) {
        this(key, versionId, etag, size, crc32, uploadedAt, null);
    }
}
