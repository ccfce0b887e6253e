package io.intake.gateway.upload;

import io.intake.store.UploadRef;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes sure that an upload was not taken over by another session. Thread-safe.
 *
 * <p>Before a part it looks only if it has not done so for {@link Partials#TRUST}: a session that takes over waits that long
 * before it counts the parts that are there.
 */
final class Ownership {
    private final Partials partials;
    private final UploadTarget target;
    private volatile @Nullable String etag;
    private final InstantSource clock;
    private volatile Instant seen;

    /** @param etag of the record's version that makes the upload this session's; null if it began the upload */
    Ownership(Partials partials, UploadTarget target, @Nullable String etag, InstantSource clock) {
        this.partials = partials;
        this.target = target;
        this.etag = etag;
        this.clock = clock;
        this.seen = clock.instant();
    }

    /** The upload's own session has written its record anew. */
    void renew(@Nullable String version) {
        etag = version;
    }

    /** Looks, if it is time to. */
    void checkBeforePart(UploadRef upload) {
        Instant now = clock.instant();
        if (!now.isBefore(seen.plus(Partials.TRUST)) || now.isBefore(seen)) {
            check(upload);
            seen = now;
        }
    }

    /**
     * Looks.
     *
     * @param upload null if none was started
     */
    void check(@Nullable UploadRef upload) {
        String own = etag;
        boolean lost =
                own != null ? !partials.isOwned(target, own) : upload != null && partials.isTakenOver(target, upload);
        if (lost) {
            throw new TakenOverException();
        }
    }
}
