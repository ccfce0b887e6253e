package io.intake.processors.collect;

import io.intake.bucket.BucketLayout;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.processors.collect.ManifestList.Listed;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * That a marker or a list says of an upload that it is ready, and what a list says of it besides; without its name. Kept
 * beside the upload's job, and written before the upload is entered with the marker or list, so that a crash in between is
 * made good whatever became of that.
 *
 * @param notice the job of the marker or list
 * @param bytes as the list says; null where it does not
 * @param md5 in lower-case hex; null as before
 * @param sha256 in lower-case hex; null as before
 * @param rows how many it holds; null as before
 */
public record Announcement(
        String notice,
        @Nullable Long bytes,
        @Nullable String md5,
        @Nullable String sha256,
        @Nullable Long rows) {

    /**
     * What a notice says of an upload.
     *
     * @param listed null where a marker says no more
     */
    public static Announcement of(String notice, @Nullable Listed listed) {
        return listed == null
                ? new Announcement(notice, null, null, null, null)
                : new Announcement(notice, listed.bytes(), listed.md5(), listed.sha256(), listed.rows());
    }

    /** What was said of a job's upload; empty if nothing was. */
    public static Optional<Announcement> find(Records records, String job) {
        return records.find(BucketLayout.announcement(job), Announcement.class).map(Versioned::value);
    }

    /** Keeps what is said of a job's upload, in place of what another notice said. */
    public static void put(Records records, String job, Announcement said) {
        String key = BucketLayout.announcement(job);
        while (records.create(key, said).isEmpty()) {
            Optional<Versioned<Announcement>> before = records.find(key, Announcement.class);
            if (before.isPresent()
                    && (before.get().value().equals(said)
                            || records.replace(key, before.get().etag(), said).isPresent())) {
                return;
            }
        }
    }
}
