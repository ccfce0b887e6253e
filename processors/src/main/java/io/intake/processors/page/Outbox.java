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

    /**
     * Leaves a page. Leaving the same one again changes nothing while it is unsent; once sent, it is sent again, which
     * PagerDuty takes for the same incident by its dedup key.
     *
     * @param owner the job, or another id that is safe in keys, that the page is about
     * @param number tells this page from the owner's others
     */
    public void leave(String owner, int number, PageEvent event) {
        records.create(BucketLayout.task(Stage.PAGE, owner, number), new PageTask(event, 1));
    }
}
