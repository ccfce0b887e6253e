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
    private final InstantSource clock;
    private volatile @Nullable Partial mine;
    private volatile Instant seen;

    /** @param mine with the record that makes the upload this session's; null if it began the upload */
    Ownership(Partials partials, UploadTarget target, @Nullable Partial mine, InstantSource clock) {
        this.partials = partials;
        this.target = target;
        this.mine = mine;
        this.clock = clock;
        this.seen = clock.instant();
    }

    /** With the record that makes the upload this session's; null if it needs none. */
    @Nullable
    Partial partial() {
        return mine;
    }

    /** The upload's own session has written its record anew. */
    void renew(Partial version) {
        mine = version;
    }

    /** Makes a multipart upload that was begun under another key than the file's this session's. */
    void announce(UploadRef upload, String uploadId) {
        mine = partials.announce(target, upload, uploadId, mine).orElseThrow(TakenOverException::new);
        seen = clock.instant();
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
     * Looks, if there can be anything to see: an upload that has no record of its own is looked after as before a part. A
     * session that takes it over within that time finds its parts gone, and the file whole.
     */
    void checkBeforePublishing(UploadRef upload) {
        if (mine == null) {
            checkBeforePart(upload);
        } else {
            check(upload);
        }
    }

    /**
     * Looks.
     *
     * @param upload null if none was started
     */
    void check(@Nullable UploadRef upload) {
        Partial own = mine;
        boolean lost = own != null
                ? !partials.records().isCurrent(target, own.etag())
                : upload != null && partials.isTakenOver(target, upload);
        if (lost) {
            throw new TakenOverException();
        }
    }
}
