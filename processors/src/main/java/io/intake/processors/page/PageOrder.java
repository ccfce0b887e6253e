package io.intake.processors.page;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.page.PageEvent.Action;
import io.intake.processors.page.PageEvent.Severity;
import io.intake.processors.task.TaskStore.TaskKey;
import io.intake.store.ObjectStore;
import java.util.Optional;

/**
 * Keeps the end of an incident behind its beginning: a beginning that is sent last, because the pager was out of
 * reach when it was due, would stay open for ever. A job, or an engine, leaves the two under numbers that follow each other.
 * Thread-safe.
 */
public final class PageOrder {
    private final ObjectStore store;
    private final JobStore jobs;
    private final Outbox outbox;
    private final EngineIncidents engines;

    public PageOrder(ObjectStore store, JobStore jobs, Outbox outbox, EngineIncidents engines) {
        this.engines = engines;
        this.store = store;
        this.jobs = jobs;
        this.outbox = outbox;
    }

    /** Whether a page says that a job waits for a person, which waits no more, or of an engine what is so no more. */
    boolean isOver(String key, PageEvent event) {
        Optional<TaskKey> page = TaskKey.parse(key);
        if (page.isPresent() && Pages.isAboutEngine(event)) {
            return engines.isOver(page.get().job(), page.get().number(), event.action());
        }
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
        if (Pages.isAboutEngine(beginning)) {
            TaskKey.parse(key).ifPresent(page -> engines.repeat(page.job()));
            return;
        }
        PageEvent end = new PageEvent(
                Action.RESOLVE,
                beginning.dedupKey(),
                Severity.INFO,
                beginning.summary(),
                beginning.component(),
                beginning.details());
        TaskKey.parse(key).ifPresent(page -> outbox.leave(page.job(), page.number() + 1, end));
    }

    /** Whether a page ends an incident whose beginning may be on its way. */
    boolean mustWait(String key, PageEvent event) {
        int apart = Pages.isAboutHold(event) ? Pages.DECIDED + 1 : 1;
        return (waits(event).isPresent() || Pages.isAboutEngine(event))
                && event.action() == Action.RESOLVE
                && TaskKey.parse(key)
                        .map(page -> BucketLayout.task(Stage.PAGE, page.job(), page.number() - apart))
                        .flatMap(store::head)
                        .isPresent();
    }

    /** The state of a job that a page is about, or about the end of. */
    private static Optional<JobState> waits(PageEvent event) {
        return Pages.isAboutHold(event) ? Optional.of(JobState.HELD) : Optional.empty();
    }
}
