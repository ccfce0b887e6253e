package io.intake.store;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of unfinished uploads.
 *
 * @param uploads in ascending key order
 * @param continuation null on the last page
 */
public record UploadPage(List<Unfinished> uploads, @Nullable String continuation) {
    public UploadPage {
        uploads = List.copyOf(uploads);
    }

    /**
     * An unfinished upload.
     *
     * @param ref its name
     * @param initiated when it was started, by the store's clock
     */
    public record Unfinished(UploadRef ref, Instant initiated) {}
}
