package io.intake.processors.sweep;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.processors.intake.Intake;
import io.intake.processors.job.JobId;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.page.PageTask;
import io.intake.processors.task.Checkpoint;
import io.intake.processors.task.TaskStore;
import io.intake.processors.task.TaskStore.TaskKey;
import io.intake.store.ListPage;
import io.intake.store.ListRequest;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Starts again what stands still: uploads whose event was lost, tasks whose invocation died or whose time to wait is over,
 * pages that were not sent. Runs on a schedule; running it too often or twice at once does no harm. Thread-safe.
 */
public final class Sweeper {
    private final ObjectStore store;
    private final String bucket;
    private final Records records;
    private final JobStore jobs;
    private final TaskStore tasks;
    private final Intake intake;
    private final InstantSource clock;
    private final Duration grace;
    private final Duration lookBack;

    /**
     * @param grace how old something must be before it counts as standing still: longer than an event usually takes
     * @param lookBack how old an upload may be and still be looked at, so that a sweep does not read years of uploads
     */
    public Sweeper(
            ObjectStore store,
            String bucket,
            Records records,
            JobStore jobs,
            TaskStore tasks,
            Intake intake,
            InstantSource clock,
            Duration grace,
            Duration lookBack) {
        this.store = store;
        this.bucket = bucket;
        this.records = records;
        this.jobs = jobs;
        this.tasks = tasks;
        this.intake = intake;
        this.clock = clock;
        this.grace = grace;
        this.lookBack = lookBack;
    }

    /**
     * What a sweep did.
     *
     * @param uploads taken that had no job, or one that was not settled
     * @param tasks started again
     * @param pages started again
     */
    public record Swept(int uploads, int tasks, int pages) {}

    /** Looks once through uploads and tasks. */
    public Swept sweep() {
        Instant now = clock.instant();
        Counter uploads = new Counter();
        Counter started = new Counter();
        Counter pages = new Counter();
        each(BucketLayout.INBOUND, object -> uploads.add(takeLost(object, now)));
        for (Stage stage : Stage.values()) {
            each(BucketLayout.TASKS + stage.id() + "/", object -> {
                boolean old = !object.lastModified().isAfter(now.minus(grace));
                Optional<TaskKey> key = TaskKey.parse(object.key());
                if (!old || key.isEmpty()) {
                    return;
                }
                if (stage == Stage.PAGE) {
                    pages.add(sendAgain(object.key()));
                } else {
                    started.add(startAgain(key.get(), now));
                }
            });
        }
        return new Swept(uploads.count, started.count, pages.count);
    }

    private static final class Counter {
        private int count;

        void add(boolean one) {
            count += one ? 1 : 0;
        }
    }

    private boolean takeLost(ObjectInfo listed, Instant now) {
        Instant modified = listed.lastModified();
        if (modified.isAfter(now.minus(grace))
                || modified.isBefore(now.minus(lookBack))
                || !intake.isUpload(listed.key())) {
            return false;
        }
        boolean complete = store.head(listed.key())
                .flatMap(object -> jobs.find(JobId.of(bucket, object)))
                .map(job -> (job.state().terminal() || job.state() == JobState.HELD)
                        ? job.settled()
                        : job.state() != JobState.RECEIVED)
                .orElse(false);
        return !complete && intake.take(listed.key()).isPresent();
    }

    private boolean startAgain(TaskKey key, Instant now) {
        Optional<Checkpoint> checkpoint = records.find(
                        BucketLayout.checkpoint(key.stage(), key.job(), key.number()), Checkpoint.class)
                .map(Versioned::value);
        boolean held = checkpoint
                .filter(saved -> now.isBefore(saved.leaseUntil())
                        || (saved.notBefore() != null && now.isBefore(saved.notBefore())))
                .isPresent();
        if (held) {
            return false;
        }
        return tasks.again(key);
    }

    private boolean sendAgain(String key) {
        return records.find(key, PageTask.class)
                .flatMap(now -> records.replace(key, now.etag(), now.value().nextRound()))
                .isPresent();
    }

    private void each(String prefix, Consumer<ObjectInfo> action) {
        ListRequest request = ListRequest.under(prefix);
        while (true) {
            ListPage page = store.list(request);
            page.objects().forEach(action);
            String continuation = page.continuation();
            if (continuation == null) {
                return;
            }
            request = request.after(continuation);
        }
    }
}
