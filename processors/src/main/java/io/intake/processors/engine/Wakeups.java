package io.intake.processors.engine;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.processors.task.Checkpoint;
import io.intake.processors.task.TaskStore;
import io.intake.processors.task.TaskStore.TaskKey;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Starts a delivery again before its time to wait is over, because what it waits for has come. A lost wake-up costs time only:
 * the sweeper starts it when its time has come. Thread-safe, also across processes.
 */
public final class Wakeups {
    /** The forward stage has one task. */
    private static final int TASK = 1;

    private final Records records;
    private final TaskStore tasks;
    private final InstantSource clock;

    public Wakeups(Records records, TaskStore tasks, InstantSource clock) {
        this.records = records;
        this.tasks = tasks;
        this.clock = clock;
    }

    /** What came of it. */
    public enum Woken {
        /** It was started again. */
        STARTED,
        /** Somebody works on it, or it was not to wait: nothing was done. */
        AWAKE,
        /** It has no delivery to be done. */
        GONE
    }

    /** Starts a job's delivery again if it waits. */
    public Woken wake(String job) {
        TaskKey task = new TaskKey(Stage.FORWARD, job, TASK);
        if (tasks.find(task).isEmpty()) {
            return Woken.GONE;
        }
        String key = BucketLayout.checkpoint(Stage.FORWARD, job, TASK);
        Optional<Versioned<Checkpoint>> saved = records.find(key, Checkpoint.class);
        if (saved.isEmpty()
                || saved.get().value().notBefore() == null
                || clock.instant().isBefore(saved.get().value().leaseUntil())) {
            return Woken.AWAKE;
        }
        boolean woken = records.replace(
                        key, saved.get().etag(), saved.get().value().woken(clock.instant()))
                .isPresent();
        if (!woken) {
            return Woken.AWAKE;
        }
        tasks.again(task);
        return Woken.STARTED;
    }
}
