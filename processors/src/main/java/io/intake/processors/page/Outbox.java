package io.intake.processors.page;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.processors.Records;

/** Where pages are left to be sent: writing one starts the page function. Thread-safe. */
public final class Outbox {
    private final Records records;

    public Outbox(Records records) {
        this.records = records;
    }

    /** That a job has left a page. */
    record Left(String dedupKey) {}

    /**
     * Leaves a page about a job, once: the mark of it stays with the job. A kill between page and mark leaves it twice, which
     * PagerDuty takes for one incident by its dedup key.
     *
     * @param number tells this page from the job's others
     */
    public void leaveOnce(String job, int number, PageEvent event) {
        String mark = BucketLayout.paged(job, number);
        if (records.find(mark, Left.class).isEmpty()) {
            leave(job, number, event);
            records.create(mark, new Left(event.dedupKey()));
        }
    }

    /** Whether a job has left a page by {@link #leaveOnce}. */
    public boolean wasLeft(String job, int number) {
        return records.find(BucketLayout.paged(job, number), Left.class).isPresent();
    }

    /**
     * Leaves a page, unless the same one still waits to be sent.
     *
     * @param owner what the page is about; safe in keys
     * @param number tells this page from the owner's others
     */
    public void leave(String owner, int number, PageEvent event) {
        records.create(BucketLayout.task(Stage.PAGE, owner, number), new PageTask(event, 1));
    }
}
