package io.intake.processors.page;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.processors.Records;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.page.PageEvent.Action;
import io.intake.processors.task.TaskStore.TaskKey;
import io.intake.store.ListRequest;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Keeps the end of an incident behind its beginning: a beginning that is sent last, because the pager was out of
 * reach when it was due, would stay open for ever. A job, or an engine, leaves the two under numbers that follow each other.
 * Thread-safe.
 */
public final class PageOrder {
    private final ObjectStore store;
    private final Records records;
    private final JobStore jobs;
    private final Outbox outbox;
    private final EngineIncidents engines;

    public PageOrder(ObjectStore store, Records records, JobStore jobs, Outbox outbox, EngineIncidents engines) {
        this.engines = engines;
        this.store = store;
        this.records = records;
        this.jobs = jobs;
        this.outbox = outbox;
    }

    /** Owners whose pages are numbered in the order in which they came about, and are to be sent in. */
    public static final String IN_ORDER = "expect-";

    /**
     * Whether a page says that something is late that was ended since, that a job waits for a person, which waits no more, or of
     * an engine what is so no more.
     */
    boolean isOver(String key, PageEvent event) {
        Optional<TaskKey> page = TaskKey.parse(key);
        if (page.isPresent() && ServicePages.isAboutEngine(event)) {
            return engines.isOver(page.get().job(), page.get().number(), event.action());
        }
        if (page.filter(PageOrder::isInOrder).isPresent()) {
            return event.action() == Action.TRIGGER
                    && others(page.get()).anyMatch(other -> other.compareTo(key) > 0 && ends(other, event));
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
        if (ServicePages.isAboutEngine(beginning)) {
            TaskKey.parse(key).ifPresent(page -> engines.repeat(page.job()));
            return;
        }
        TaskKey.parse(key).ifPresent(page -> outbox.leave(page.job(), page.number() + 1, beginning.end()));
    }

    /** Whether a page ends an incident whose beginning may be on its way. */
    boolean mustWait(String key, PageEvent event) {
        Optional<TaskKey> task = TaskKey.parse(key).filter(PageOrder::isInOrder);
        if (task.isPresent()) {
            return others(task.get()).anyMatch(other -> other.compareTo(key) < 0);
        }
        int apart = Pages.isAboutHold(event) ? Pages.DECIDED + 1 : 1;
        return (waits(event).isPresent() || ServicePages.isAboutEngine(event))
                && event.action() == Action.RESOLVE
                && TaskKey.parse(key)
                        .map(page -> BucketLayout.task(Stage.PAGE, page.job(), page.number() - apart))
                        .flatMap(store::head)
                        .isPresent();
    }

    private static boolean isInOrder(TaskKey page) {
        return page.job().startsWith(IN_ORDER);
    }

    /** The keys of an owner's pages that wait to be sent. */
    private Stream<String> others(TaskKey page) {
        return store.list(ListRequest.under(BucketLayout.tasks(Stage.PAGE, page.job()))).objects().stream()
                .map(ObjectInfo::key);
    }

    private boolean ends(String key, PageEvent event) {
        return records.find(key, PageTask.class)
                .map(found -> found.value().event())
                .filter(other ->
                        other.action() == Action.RESOLVE && other.dedupKey().equals(event.dedupKey()))
                .isPresent();
    }

    /** The state of a job that a page is about, or about the end of. */
    private static Optional<JobState> waits(PageEvent event) {
        return Pages.isAboutHold(event) ? Optional.of(JobState.HELD) : Optional.empty();
    }
}
