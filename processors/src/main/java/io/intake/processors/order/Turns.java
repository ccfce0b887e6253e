package io.intake.processors.order;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.UploadIds;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.processors.engine.Wakeups;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobStore;
import io.intake.processors.machine.Ends;
import io.intake.store.Content;
import io.intake.store.ListPage;
import io.intake.store.ListRequest;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Gives the files of an ordered feed their turns. Each upload has a mark, named by its time, before it has a job; a file may be
 * delivered once no earlier one may still be, and while no other one is. A file that was refused, or could not be processed,
 * or is not to be delivered, keeps nobody waiting; one that is held does. Thread-safe, also across processes.
 */
public final class Turns implements Ends {
    /** A mark without a job is of an upload that was taken away again before anybody looked at it. */
    private static final Duration ABANDONED = Duration.ofDays(1);

    private final ObjectStore store;
    private final Records records;
    private final JobStore jobs;
    private final Wakeups wakeups;
    private final Arrivals arrivals;
    private final InstantSource clock;

    public Turns(
            ObjectStore store,
            Records records,
            JobStore jobs,
            Wakeups wakeups,
            Arrivals arrivals,
            InstantSource clock) {
        this.store = store;
        this.records = records;
        this.jobs = jobs;
        this.wakeups = wakeups;
        this.arrivals = arrivals;
        this.clock = clock;
    }

    /** Whose turn it is; it is over when the job has ended. */
    record Turn(String job) {}

    private static boolean isOrdered(Job job) {
        return job.feed() != null && job.feed().delivery().ordered();
    }

    /** Puts a job in its place, before it is opened; nothing to do where its feed is not ordered. */
    public void expect(Job job) {
        if (isOrdered(job)) {
            store.put(PutRequest.of(mark(job), Content.of(new byte[0]), "text/plain"));
        }
    }

    /** Whether it is a job's turn, which it then keeps until it has ended. */
    public boolean take(Job job) {
        if (!isOrdered(job)) {
            return true;
        }
        Optional<Versioned<Turn>> turn = records.find(BucketLayout.turn(job.partner(), job.feedId()), Turn.class);
        // Asked first: an upload that appears late would else wait for this job, and this job for it
        return turn.filter(now -> now.value().job().equals(job.id())).isPresent()
                || (!arrivals.anyBefore(job) && isFirst(job) && takeTurn(job, turn));
    }

    private boolean isFirst(Job job) {
        String own = mark(job);
        ListRequest request = ListRequest.under(prefix(job));
        while (true) {
            ListPage page = store.list(request);
            for (ObjectInfo mark : page.objects()) {
                if (mark.key().compareTo(own) >= 0) {
                    return true;
                }
                if (keepsWaiting(mark)) {
                    return false;
                }
                store.delete(mark.key());
            }
            String continuation = page.continuation();
            if (continuation == null) {
                return true;
            }
            request = request.after(continuation);
        }
    }

    private boolean keepsWaiting(ObjectInfo mark) {
        return jobs.find(job(mark.key()))
                .map(other -> !other.state().terminal())
                .orElseGet(() -> mark.lastModified().isAfter(clock.instant().minus(ABANDONED)));
    }

    /** An upload can appear behind one that is being delivered though its time is earlier: a long one has that of its begin. */
    private boolean takeTurn(Job job, Optional<Versioned<Turn>> now) {
        String key = BucketLayout.turn(job.partner(), job.feedId());
        Turn ours = new Turn(job.id());
        if (now.isEmpty()) {
            return records.create(key, ours).isPresent();
        }
        boolean over = jobs.find(now.get().value().job())
                .map(found -> found.state().terminal())
                .orElse(true);
        return over && records.replace(key, now.get().etag(), ours).isPresent();
    }

    @Override
    public void over(Job job) {
        if (!isOrdered(job)) {
            return;
        }
        store.delete(mark(job));
        store.list(new ListRequest(prefix(job), null, null, null, 1)).objects().stream()
                .findFirst()
                .ifPresent(next -> wakeups.wake(job(next.key())));
    }

    private static String prefix(Job job) {
        return BucketLayout.order(job.partner(), job.feedId());
    }

    private static String mark(Job job) {
        String fine = UploadIds.time(job.input().uploadId());
        return prefix(job) + "%015d-%s-%s".formatted(job.input().uploadedAt().toEpochMilli(), fine, job.id());
    }

    private static String job(String mark) {
        int time = mark.indexOf('-', mark.lastIndexOf('/'));
        return mark.substring(mark.indexOf('-', time + 1) + 1);
    }
}
