package io.intake.processors.sweep;

import io.intake.bucket.BucketLayout;
import io.intake.processors.Json;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.processors.intake.Intake;
import io.intake.processors.intake.TakenMarks;
import io.intake.processors.intake.TakenMarks.Marks;
import io.intake.store.Content;
import io.intake.store.ListPage;
import io.intake.store.ListRequest;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Finds uploads whose event was lost, or whose intake died half way: those that have no mark. Where there are more uploads
 * than a sweep gets through, the next goes on where it stopped. Thread-safe.
 */
public final class LostUploads {
    /** Pages of a thousand uploads that one sweep looks through. */
    private static final int PAGES = 50;

    private final ObjectStore store;
    private final Records records;
    private final Intake intake;
    private final TakenMarks marks;
    private final Duration grace;
    private final Duration lookBack;
    private final int pages;

    /**
     * @param grace how old an upload must be before its event counts as lost
     * @param lookBack how old an upload may be and still be looked at; its marks must be kept longer
     */
    public LostUploads(
            ObjectStore store, Records records, Intake intake, TakenMarks marks, Duration grace, Duration lookBack) {
        this(store, records, intake, marks, grace, lookBack, PAGES);
    }

    LostUploads(
            ObjectStore store,
            Records records,
            Intake intake,
            TakenMarks marks,
            Duration grace,
            Duration lookBack,
            int pages) {
        this.store = store;
        this.records = records;
        this.intake = intake;
        this.marks = marks;
        this.grace = grace;
        this.lookBack = lookBack;
        this.pages = pages;
    }

    /** Where the next sweep begins: behind a key; null for the beginning. */
    record Cursor(@Nullable String after) {}

    /** Takes what was lost, and says how many that was. */
    int take(Guard guard, Instant now) {
        Versioned<Cursor> saved =
                records.find(BucketLayout.SWEEP_CURSOR, Cursor.class).orElse(null);
        String after = saved == null ? null : saved.value().after();
        Marks marked = marks.since(now.minus(lookBack));
        int count = resume(guard, marked, now);
        ListRequest request = new ListRequest(BucketLayout.INBOUND, null, after, null, 1000);
        String last = null;
        for (int number = 0; number < pages; number++) {
            ListPage page = store.list(request);
            for (ObjectInfo object : page.objects()) {
                count += isLost(object, marked, now) ? takeOne(guard, object) : 0;
                last = object.key();
            }
            String continuation = page.continuation();
            if (continuation == null) {
                last = null;
                break;
            }
            request = request.after(continuation);
        }
        if (last != null || after != null) {
            store.put(PutRequest.of(BucketLayout.SWEEP_CURSOR, Content.of(Json.bytes(new Cursor(last))), Json.TYPE));
        }
        return count;
    }

    /** What was begun, and not ended, and not lately. */
    private int resume(Guard guard, Marks marked, Instant now) {
        int[] count = new int[1];
        marked.begun().forEach((mark, at) -> {
            if (!recent(at, now)) {
                guard.run(() -> count[0] += intake.resume(mark).isPresent() ? 1 : 0);
            }
        });
        return count[0];
    }

    private boolean recent(@Nullable Instant begun, Instant now) {
        return begun != null && begun.isAfter(now.minus(grace));
    }

    private boolean isLost(ObjectInfo object, Marks marked, Instant now) {
        Instant modified = object.lastModified();
        return !modified.isAfter(now.minus(grace))
                && !modified.isBefore(now.minus(lookBack))
                && intake.isUpload(object.key())
                && !marked.done().contains(TakenMarks.key(object))
                && !recent(marked.begun().get(TakenMarks.key(object)), now);
    }

    private int takeOne(Guard guard, ObjectInfo object) {
        int[] count = new int[1];
        guard.run(() -> count[0] = intake.take(object.key()).isPresent() ? 1 : 0);
        return count[0];
    }
}
