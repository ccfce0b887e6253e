package io.intake.processors.nest;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Naming;
import io.intake.config.Feed;
import io.intake.config.Table;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.plan.Plan;
import io.intake.processors.plan.PlanStore;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import java.util.ArrayList;
import java.util.List;

/**
 * The archives of a job, each of which is extracted as if it were the upload of a job of its own: under keys that begin with
 * the job's. Thread-safe.
 */
public final class Tree {
    private final ObjectStore store;
    private final Naming naming;
    private final PlanStore plans;

    /** Over the bucket. */
    public Tree(ObjectStore store, Naming naming, PlanStore plans) {
        this.store = store;
        this.naming = naming;
        this.plans = plans;
    }

    /** What stands for a job's id where an archive of it is worked on. */
    static String id(Job job, int node) {
        return job.id() + "/nested/" + node;
    }

    /** The plan of an archive that is planned. */
    Plan plan(Job job, int node) {
        return plans.require(id(job, node));
    }

    /** An archive as the upload of a job, whose files belong to any table. */
    Job upload(Job job, Round round, int node) {
        Node at = round.nodes().get(node);
        Input input = at.parent() < 0 ? job.input() : input(job, at);
        return Job.open(
                id(job, node),
                job.partner(),
                input,
                anyTable(job.requireFeed()),
                job.input().uploadedAt());
    }

    private Input input(Job job, Node at) {
        String key = BucketLayout.entry(id(job, at.parent()), at.entry());
        ObjectInfo object = store.head(key)
                .orElseThrow(() -> new IllegalStateException("an archive within job " + job.id() + " is gone"));
        return new Input(
                key, null, object.etag(), object.size(), null, job.input().uploadedAt());
    }

    private static Feed anyTable(Feed feed) {
        return feed.of(new Table("any", "(?s).*", null, false, feed.format(), List.of()));
    }

    /** What an archive is called; not for logs. */
    String name(Job job, Round round, int node) {
        Node at = round.nodes().get(node);
        return at.parent() < 0
                ? naming.place(job.input().key())
                        .map(place -> place.path().name())
                        .orElseThrow(() -> new IllegalStateException("job " + job.id() + " is about no upload"))
                : ArchiveNames.name(
                        plan(job, at.parent()).entries().get(at.entry()).name());
    }

    /** What the paths of an archive's files begin with. */
    String prefix(Job job, Round round, Node at) {
        if (at.parent() < 0) {
            return "";
        }
        Node parent = round.nodes().get(at.parent());
        String name = plan(job, at.parent()).entries().get(at.entry()).name();
        return ArchiveNames.prefix(prefix(job, round, parent) + name.replace('\\', '/'));
    }

    /** The numbers of an archive's entries that are archives to be opened. */
    List<Integer> archives(Job job, Node at) {
        return entries(job, at, true).stream().map(Plan.Entry::number).toList();
    }

    /** The entries of an archive that are files. */
    List<Plan.Entry> files(Job job, Node at) {
        return entries(job, at, false);
    }

    private List<Plan.Entry> entries(Job job, Node at, boolean archives) {
        boolean open = at.depth() < job.requireFeed().limits().nesting();
        List<Plan.Entry> found = new ArrayList<>();
        for (Plan.Entry entry : plan(job, at.number()).entries()) {
            if (archives == (open && ArchiveNames.opened(entry.name()))) {
                found.add(entry);
            }
        }
        return found;
    }

    /** Where an archive is, as people count; empty for the upload. */
    static String place(Round round, int node) {
        Node at = round.nodes().get(node);
        return at.parent() < 0
                ? ""
                : "entry " + (at.entry() + 1) + " of " + (at.parent() == 0 ? "the archive" : place(round, at.parent()));
    }
}
