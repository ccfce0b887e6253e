package io.intake.processors.collect;

import io.intake.bucket.BucketLayout;
import io.intake.config.Collect;
import io.intake.config.Collect.Overdue;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobStore;
import io.intake.processors.page.Outbox;
import io.intake.processors.page.Pages;
import io.intake.store.ListRequest;
import io.intake.store.ObjectStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Looks after sets that are open: what becomes of those whose time is up. Thread-safe. */
public final class OpenSets {
    private final ObjectStore store;
    private final Records records;
    private final JobStore jobs;
    private final Sets sets;
    private final Outbox outbox;

    public OpenSets(ObjectStore store, Records records, JobStore jobs, Sets sets, Outbox outbox) {
        this.store = store;
        this.records = records;
        this.jobs = jobs;
        this.sets = sets;
        this.outbox = outbox;
    }

    /** The marks of sets that are, or lately were, open. */
    public List<String> marks() {
        List<String> marks = new ArrayList<>();
        ListRequest.under(BucketLayout.OPEN_SETS).each(store, object -> marks.add(object.key()));
        return marks;
    }

    /** Deals with the set of a mark. */
    public void look(String mark, Instant now) {
        String name = mark.substring(BucketLayout.OPEN_SETS.length());
        int dash = name.lastIndexOf('-');
        int generation = Integer.parseInt(name.substring(dash + 1));
        Optional<Versioned<CollectedSet>> found =
                records.find(BucketLayout.set(name.substring(0, dash)), CollectedSet.class);
        if (found.isEmpty() || found.get().value().generation() < generation) {
            // about to begin
            return;
        }
        CollectedSet set = found.get().value();
        if (set.generation() > generation) {
            store.delete(mark);
            return;
        }
        Job any = jobs.require(set.members().getFirst().job());
        if (!set.isOpen()) {
            sets.open(any, set);
        } else if (!now.isBefore(set.until())) {
            overdue(any, found.get());
        }
    }

    private void overdue(Job any, Versioned<CollectedSet> found) {
        CollectedSet set = found.value();
        Collect rules = Objects.requireNonNull(any.requireFeed().collect());
        Overdue decision = set.overdue(rules);
        if (decision == Overdue.WAIT) {
            if (!set.paged()) {
                outbox.leaveOnce(
                        Sets.jobId(set),
                        0,
                        Pages.setOverdue(any, Sets.jobId(set), set.members().size(), set.missing(rules)));
                records.replace(BucketLayout.set(set.id()), found.etag(), set.asPaged());
            }
            return;
        }
        CollectedSet closed = set.closed(Sets.jobId(set), decision == Overdue.GO_ON);
        if (records.replace(BucketLayout.set(set.id()), found.etag(), closed).isPresent()) {
            sets.open(any, closed);
        }
    }
}
