package io.intake.processors.page;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.page.PageEvent.Action;
import io.intake.processors.task.TaskStore.TaskKey;
import io.intake.store.ObjectStore;
import java.util.Optional;

/**
 * Keeps the end of an engine's incident behind its beginning: a beginning that is sent last, because the pager was out of
 * reach when it was due, would stay open for ever. A job leaves the two under numbers that follow each other. Thread-safe.
 */
public final class PageOrder {
    private final ObjectStore store;
    private final JobStore jobs;
    private final Outbox outbox;

    public PageOrder(ObjectStore store, JobStore jobs, Outbox outbox) {
        this.store = store;
        this.jobs = jobs;
        this.outbox = outbox;
    }

    /** Whether a page says that a job waits, for an engine or for a person, which waits no more. */
    boolean isOver(String key, PageEvent event) {
        Optional<TaskKey> page = TaskKey.parse(key);
        Optional<JobState> waits = waits(event);
        if (page.isEmpty() || waits.isEmpty() || event.action() != Action.TRIGGER) {
            return false;
        }
        Optional<Job> job = jobs.find(page.get().job());
        return job.isPresent()
                && !(job.get().state() == waits.get()
                        && job.get().history().size() == page.get().number());
    }

    /** Leaves the end of an incident once more, because its beginning was sent while the end was on its way or behind it. */
    void leaveEnd(String key, PageEvent beginning) {
        TaskKey.parse(key).ifPresent(page -> outbox.leave(page.job(), page.number() + 1, beginning.end()));
    }

    /** Whether a page ends an incident whose beginning may be on its way. */
    boolean mustWait(String key, PageEvent event) {
        int apart = Pages.isAboutHold(event) ? Pages.DECIDED + 1 : 1;
        return waits(event).isPresent()
                && event.action() == Action.RESOLVE
                && TaskKey.parse(key)
                        .map(page -> BucketLayout.task(Stage.PAGE, page.job(), page.number() - apart))
                        .flatMap(store::head)
                        .isPresent();
    }

    /** The state of a job that a page is about, or about the end of. */
    private static Optional<JobState> waits(PageEvent event) {
        if (Pages.isAboutHold(event)) {
            return Optional.of(JobState.HELD);
        }
        return Pages.isAboutEngine(event) ? Optional.of(JobState.WAITING) : Optional.empty();
    }
}
