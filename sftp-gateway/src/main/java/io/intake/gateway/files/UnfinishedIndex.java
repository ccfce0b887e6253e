package io.intake.gateway.files;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Naming;
import io.intake.gateway.upload.Partials;
import io.intake.gateway.upload.UnfinishedKeys;
import io.intake.gateway.upload.UploadTarget;
import io.intake.store.ListPage;
import io.intake.store.ListRequest;
import io.intake.store.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a partner has anything unfinished at all, known for a moment: so that listings and STAT, which clients send in
 * hundreds, do not ask for each file and folder. It may say too much, which costs a question, and what began a moment ago
 * elsewhere it does not know yet; so nothing that changes a file relies on it. Not thread-safe.
 */
final class UnfinishedIndex {
    private static final Duration VALID = Duration.ofSeconds(2);

    private final ObjectStore store;
    private final UnfinishedKeys keys;
    private final String partner;
    private final InstantSource clock;
    private @Nullable Known known;

    /**
     * What was seen.
     *
     * @param records keys of resume records; null if there are too many to tell
     * @param uploads keys of multipart uploads; null if there are too many to tell
     * @param temporary whether a file with a temporary name is stored anywhere
     */
    private record Known(
            @Nullable Set<String> records, @Nullable Set<String> uploads, boolean temporary, Instant until) {}

    UnfinishedIndex(ObjectStore store, Partials partials, String partner, InstantSource clock) {
        this.store = store;
        this.keys = new UnfinishedKeys(partials);
        this.partner = partner;
        this.clock = clock;
    }

    /** Something was begun, parked or held by this session. */
    void forget() {
        known = null;
    }

    /** Whether a file may have an unfinished upload. */
    boolean mayExist(UploadTarget target) {
        Known now = known();
        return now.records() == null
                || now.uploads() == null
                || now.records().contains(target.recordKey())
                || now.uploads().contains(target.key());
    }

    /** Whether a folder may have unfinished uploads. */
    boolean mayExist(String recordPrefix, String prefix) {
        Known now = known();
        return now.records() == null
                || now.uploads() == null
                || now.records().stream().anyMatch(key -> key.startsWith(recordPrefix))
                || now.uploads().stream().anyMatch(key -> key.startsWith(prefix));
    }

    /** Whether files with temporary names may be stored. */
    boolean mayHoldTemporary() {
        return known().temporary();
    }

    private Known known() {
        Known seen = known;
        if (seen == null || !clock.instant().isBefore(seen.until())) {
            seen = load();
            known = seen;
        }
        return seen;
    }

    private Known load() {
        Instant until = clock.instant().plus(VALID);
        String temporary = BucketLayout.UPLOADS + partner + "/" + Naming.Area.INBOUND.folder() + "/";
        ListPage files = store.list(new ListRequest(temporary, null, null, null, 1));
        Optional<Set<String>> uploads = keys.uploadKeys(Naming.Area.INBOUND.folder() + "/" + partner + "/", temporary);
        return new Known(
                keys.recordKeys(BucketLayout.PARKED + partner + "/").orElse(null),
                uploads.orElse(null),
                !files.objects().isEmpty(),
                until);
    }
}
