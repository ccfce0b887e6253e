package io.intake.processors.intake;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Naming;
import io.intake.bucket.Naming.Area;
import io.intake.processors.intake.TakenMarks.Marks;
import io.intake.processors.job.Job;
import io.intake.processors.order.Arrivals;
import io.intake.store.ListPage;
import io.intake.store.ListRequest;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import java.time.Duration;
import java.time.Instant;

/**
 * Finds uploads of an ordered feed whose event has not come yet by listing the partner's uploads and the marks of those that
 * were taken, as the sweep does. Thread-safe.
 */
public final class EarlierUploads implements Arrivals {
    private final ObjectStore store;
    private final Naming naming;
    private final TakenMarks marks;
    private final Duration lookBack;

    /** @param lookBack how much older than the job's an upload may be and still be looked at */
    public EarlierUploads(ObjectStore store, Naming naming, TakenMarks marks, Duration lookBack) {
        this.store = store;
        this.naming = naming;
        this.marks = marks;
        this.lookBack = lookBack;
    }

    @Override
    public boolean anyBefore(Job job) {
        Instant own = job.input().uploadedAt();
        Instant from = own.minus(lookBack);
        Marks marked = null;
        ListRequest request = ListRequest.under(BucketLayout.INBOUND + job.partner() + "/");
        while (true) {
            ListPage page = store.list(request);
            for (ObjectInfo object : page.objects()) {
                boolean earlier = !object.lastModified().isAfter(own)
                        && !object.lastModified().isBefore(from);
                if (earlier && !object.key().equals(job.input().key()) && isOfFeed(object, job)) {
                    marked = marked == null ? marks.since(from) : marked;
                    String mark = TakenMarks.key(object);
                    if (!marked.done().contains(mark) && !marked.begun().containsKey(mark)) {
                        return true;
                    }
                }
            }
            String continuation = page.continuation();
            if (continuation == null) {
                return false;
            }
            request = request.after(continuation);
        }
    }

    private boolean isOfFeed(ObjectInfo object, Job job) {
        return !object.key().endsWith("/")
                && naming.place(object.key())
                        .filter(place -> place.area() == Area.INBOUND)
                        .filter(place -> job.requireFeed().matches(place.path().relative()))
                        .isPresent();
    }
}
