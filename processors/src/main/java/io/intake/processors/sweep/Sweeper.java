package io.intake.processors.sweep;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.processors.collect.OpenSets;
import io.intake.processors.page.PageTask;
import io.intake.processors.sweep.StuckJobs.Round;
import io.intake.processors.task.Checkpoint;
import io.intake.processors.task.Task;
import io.intake.processors.task.TaskStore;
import io.intake.processors.task.TaskStore.TaskKey;
import io.intake.store.ListRequest;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Starts again what stands still: tasks whose invocation died or whose time to wait is over, pages that were not sent,
 * uploads whose event was lost; and ends multipart uploads that nobody will. Runs on a schedule; running it too often or
 * twice at once does no harm. What cannot be dealt with does not keep the rest from it. Thread-safe.
 *
 * <p>Its requests are one listing of what is unfinished and one of uploads and their marks per thousand, and then some for
 * each thing that is unfinished: none for what is done.
 */
public final class Sweeper {
    /** How long a task that never began waits for the function at most before it is started again: it may only stand in line. */
    private static final Duration LONGEST_IN_LINE = Duration.ofHours(1);

    private final ObjectStore store;
    private final Records records;
    private final TaskStore tasks;
    private final LostUploads uploads;
    private final OpenSets sets;
    private final ForgottenUploads forgotten;
    private final Lookout lookout;
    private final InstantSource clock;
    private final Duration grace;
    private final Runnable engines;

    /**
     * @param grace how old something must be before it counts as standing still: longer than an event usually takes
     * @param engines looks after engines
     */
    public Sweeper(
            ObjectStore store,
            Records records,
            TaskStore tasks,
            LostUploads uploads,
            OpenSets sets,
            ForgottenUploads forgotten,
            Lookout lookout,
            InstantSource clock,
            Duration grace,
            Runnable engines) {
        this.store = store;
        this.records = records;
        this.tasks = tasks;
        this.uploads = uploads;
        this.sets = sets;
        this.forgotten = forgotten;
        this.lookout = lookout;
        this.clock = clock;
        this.grace = grace;
        this.engines = engines;
    }

    /**
     * What a sweep did.
     *
     * @param uploads taken that had no job, or one that was only begun
     * @param tasks started again
     * @param pages started again
     */
    public record Swept(int uploads, int tasks, int pages) {}

    /**
     * Looks once through tasks and uploads.
     *
     * @throws RuntimeException the first failure, once everything else has been dealt with
     */
    public Swept sweep() {
        Instant now = clock.instant();
        Guard guard = new Guard();
        int[] started = new int[2];
        Round round = new Round();
        guard.run(engines);
        guard.run(() -> eachTask(guard, round, now, started));
        int[] taken = new int[1];
        guard.run(() -> taken[0] = uploads.take(guard, now));
        guard.run(() -> sets.marks().forEach(mark -> guard.run(() -> sets.look(mark, now))));
        guard.run(() -> forgotten.end(guard, now));
        lookout.look(guard, round, now, grace);
        guard.rethrow();
        new Heartbeat(store).beat(now);
        return new Swept(taken[0], started[0], started[1]);
    }

    private void eachTask(Guard guard, Round round, Instant now, int[] started) {
        ListRequest.under(BucketLayout.TASKS)
                .each(
                        store,
                        object -> TaskKey.parse(object.key()).ifPresent(key -> {
                            if (key.stage() == Stage.PAGE) {
                                guard.run(() -> started[1] += isOld(object, now) && sendAgain(object, now) ? 1 : 0);
                            } else if (isOld(object, now)) {
                                guard.run(() -> started[0] += startAgain(key, object, round, now) ? 1 : 0);
                            } else {
                                round.young(key);
                            }
                        }));
    }

    private boolean isOld(ObjectInfo object, Instant now) {
        return !object.lastModified().isAfter(now.minus(grace));
    }

    private boolean startAgain(TaskKey key, ObjectInfo object, Round round, Instant now) {
        Optional<Checkpoint> checkpoint = records.find(
                        BucketLayout.checkpoint(key.stage(), key.job(), key.number()), Checkpoint.class)
                .map(Versioned::value);
        round.saw(key, checkpoint.map(Checkpoint::cursor).orElse(null));
        boolean held = checkpoint
                .filter(saved -> now.isBefore(saved.leaseUntil())
                        || (saved.notBefore() != null && now.isBefore(saved.notBefore())))
                .isPresent();
        if (held) {
            return false;
        }
        return tasks.again(key, task -> checkpoint.isPresent() || isDue(task, object.lastModified(), now));
    }

    /** Without a checkpoint a task has not begun; each time it was started again for that, it is given longer. */
    private boolean isDue(Task task, Instant written, Instant now) {
        return isDue(task.round(), written, now);
    }

    private boolean isDue(int round, Instant written, Instant now) {
        Duration patience = grace.multipliedBy(1L << Math.min(round - 1, 10));
        Duration most = patience.compareTo(LONGEST_IN_LINE) > 0 ? LONGEST_IN_LINE : patience;
        return !written.isAfter(now.minus(most));
    }

    /** What PagerDuty does not take is sent ever more rarely, once an hour at least. */
    private boolean sendAgain(ObjectInfo object, Instant now) {
        return records.find(object.key(), PageTask.class)
                .filter(page -> isDue(page.value().round(), object.lastModified(), now))
                .flatMap(page ->
                        records.replace(object.key(), page.etag(), page.value().nextRound()))
                .isPresent();
    }
}
