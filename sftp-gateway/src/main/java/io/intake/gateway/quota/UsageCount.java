package io.intake.gateway.quota;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Naming;
import io.intake.bucket.Naming.Area;
import io.intake.bucket.Naming.Place;
import io.intake.bucket.PartnerPath;
import io.intake.store.AbsentException;
import io.intake.store.ListPage;
import io.intake.store.ListRequest;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.Part;
import io.intake.store.UploadPage;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Counts what a partner has stored: one request per 1,000 files, and one per unfinished upload. Holds one page at a time.
 * Used once, by one thread.
 */
final class UsageCount {
    private static final String TAIL = ".tail";
    private static final String SEGMENT = ".segment";
    private static final String RECORD = ".json";

    private final ObjectStore store;
    private final String partner;
    /** Keys whose uploads are under way here and counted by what the client sends. */
    private final Predicate<String> underWay;

    private long bytes;
    private long files;
    private long uploads;
    private long records;

    UsageCount(ObjectStore store, String partner, Predicate<String> underWay) {
        this.store = store;
        this.partner = partner;
        this.underWay = underWay;
    }

    long bytes() {
        return bytes;
    }

    /** Of unfinished uploads some have a record, some are known to the store only, most are both. */
    long files() {
        return files + Math.max(uploads, records);
    }

    /** Counts. Throws what the store throws. */
    UsageCount count(Naming naming) {
        Place root = new Place(partner, Area.INBOUND, PartnerPath.ROOT);
        for (String prefix : naming.prefixes(root)) {
            objects(prefix, this::file);
            uploads(prefix, this::upload);
        }
        String parked = BucketLayout.PARKED + partner + "/";
        objects(parked, this::parked);
        uploads(parked, this::segment);
        return this;
    }

    private void objects(String prefix, Consumer<ObjectInfo> counter) {
        for (ListRequest next = ListRequest.under(prefix); next != null; ) {
            ListPage page = store.list(next);
            page.objects().forEach(counter);
            next = page.continuation() == null ? null : next.after(page.continuation());
        }
    }

    private void file(ObjectInfo object) {
        if (!object.key().endsWith("/")) {
            files++;
            bytes += object.size();
        }
    }

    private void parked(ObjectInfo object) {
        if (underWay.test(object.key())) {
            return;
        }
        if (object.key().endsWith(TAIL) || object.key().endsWith(SEGMENT)) {
            bytes += object.size();
        } else if (object.key().endsWith(RECORD)) {
            records++;
        }
    }

    private void uploads(String prefix, Consumer<UploadPage.Unfinished> counter) {
        @Nullable String continuation = null;
        do {
            UploadPage page = store.listUploads(prefix, continuation);
            page.uploads().stream()
                    .filter(upload -> !underWay.test(upload.ref().key()))
                    .forEach(counter);
            continuation = page.continuation();
        } while (continuation != null);
    }

    private void upload(UploadPage.Unfinished upload) {
        if (addParts(upload)) {
            uploads++;
        }
    }

    /** Some bytes of a file that is counted elsewhere. */
    private void segment(UploadPage.Unfinished upload) {
        boolean ignored = addParts(upload);
    }

    private boolean addParts(UploadPage.Unfinished upload) {
        try {
            bytes +=
                    store.listParts(upload.ref()).stream().mapToLong(Part::size).sum();
            return true;
        } catch (AbsentException endedMeanwhile) {
            return false;
        }
    }
}
