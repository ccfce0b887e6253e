package io.intake.gateway.upload;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An unfinished upload that can be gone on with. Immutable.
 *
 * @param target where it goes
 * @param record what is durable
 * @param etag of the stored record; null if there is none and the store's own list of uploads told of it
 * @param time when its session last wrote the record, or else when the upload began; by the store's clock
 */
public record Partial(
        UploadTarget target, ResumeRecord record, @Nullable String etag, Instant time) {

    /** Bytes that need not be sent again. */
    public long size() {
        return record.size();
    }
}
