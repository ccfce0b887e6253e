package io.intake.processors.collect;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.intake.bucket.BucketLayout;
import io.intake.config.Collect;
import io.intake.config.Feed;
import io.intake.config.Ready.Rule;
import io.intake.config.Table;
import io.intake.processors.Records;
import io.intake.processors.collect.ManifestList.Listed;
import io.intake.processors.job.Job;
import io.intake.processors.job.Job.Collected;
import io.intake.processors.job.JobStore;
import io.intake.processors.plan.Plan;
import io.intake.processors.plan.PlanStore;
import io.intake.processors.task.StageWork;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.StepOutcome.Advanced;
import io.intake.processors.task.StepOutcome.Finished;
import io.intake.processors.task.Task;
import io.intake.processors.task.TimeBudget;
import io.intake.processors.unzip.ArchivePlanner;
import io.intake.processors.unzip.ArchivePlanner.Units;
import io.intake.processors.unzip.EntryCopies;
import io.intake.processors.unzip.UnzipCursor;
import io.intake.store.ObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The unzip stage where sets are collected. A file of a set is extracted as any other is, whatever it holds; a file that only
 * marks a set as complete is not looked into. A set's task 0 makes one plan of what its files held, and each further task
 * copies, inside the store, what one file held. Thread-safe.
 */
public final class CollectWork implements StageWork<UnzipCursor> {
    private final StageWork<UnzipCursor> unzip;
    private final ObjectStore store;
    private final Records records;
    private final PlanStore plans;
    private final JobStore jobs;
    private final Sets sets;
    private final Manifests manifests;
    private final Units units;

    public CollectWork(
            StageWork<UnzipCursor> unzip,
            ObjectStore store,
            Records records,
            PlanStore plans,
            JobStore jobs,
            Sets sets,
            Units units) {
        this.unzip = unzip;
        this.records = records;
        this.store = store;
        this.plans = plans;
        this.jobs = jobs;
        this.sets = sets;
        this.manifests = new Manifests(store);
        this.units = units;
    }

    @Override
    public Class<UnzipCursor> cursorType() {
        return unzip.cursorType();
    }

    @Override
    public UnzipCursor begin(Job job, Task task) {
        return unzip.begin(job, task);
    }

    @Override
    public StepOutcome<UnzipCursor> step(Job job, Task task, UnzipCursor cursor, TimeBudget budget) {
        if (job.isSet()) {
            return task.number() == 0 ? checkedPlan(job, cursor) : copy(job, task, cursor);
        }
        if (!job.isMember()) {
            return announced(job, task, cursor, budget);
        }
        Collect rules = Objects.requireNonNull(job.requireFeed().collect());
        if (rules.isMarker(sets.path(job)) || rules.isManifest(sets.path(job))) {
            plans.create(job.id(), new Plan(List.of(), 0, List.of(), List.of(), List.of()));
            return new Finished<>(counts(0, 0));
        }
        return unzip.step(member(job), task, cursor, budget);
    }

    /** A file that a list says to be ready is held against the list before anything is done with it; its rows are counted later. */
    private StepOutcome<UnzipCursor> announced(Job job, Task task, UnzipCursor cursor, TimeBudget budget) {
        if (task.number() > 0 || job.requireFeed().ready().rule() != Rule.MANIFEST) {
            return unzip.step(job, task, cursor, budget);
        }
        if (cursor.equals(unzip.begin(job, task))) {
            Announcement.find(records, job.id()).ifPresent(said -> manifests.check(job, said));
        }
        StepOutcome<UnzipCursor> outcome = unzip.step(job, task, cursor, budget);
        Long rows = outcome instanceof Finished<UnzipCursor>
                        && job.requireFeed().listsRows()
                ? Announcement.find(records, job.id()).map(Announcement::rows).orElse(null)
                : null;
        if (rows == null || !(outcome instanceof Finished<UnzipCursor>(ObjectNode result))) {
            return outcome;
        }
        return new Finished<>(ListedRows.into(result, List.of(new ListedRows(new TreeSet<>(), rows))));
    }

    /** Which table a file is for is looked at when the set is complete. */
    private static Job member(Job job) {
        Feed feed = job.requireFeed();
        Table any = new Table("any", "(?s).*", null, false, feed.format(), List.of());
        return job.withFeed(feed.of(any));
    }

    /** Files are held against their list before anything is planned, one in a step: digests take time. */
    private StepOutcome<UnzipCursor> checkedPlan(Job job, UnzipCursor cursor) {
        Collect rules = job.requireFeed().collect();
        if (rules == null || rules.manifest() == null) {
            return plan(job);
        }
        List<String> members = members(job);
        Optional<Job> list = Objects.requireNonNull(job.collected()).others().stream()
                .map(jobs::require)
                .filter(other -> rules.isManifest(sets.path(other)))
                .findFirst();
        if (list.isEmpty()) {
            // the time was up, and what is there is worked on
            return plan(job);
        }
        List<Listed> files = manifests.read(list.get());
        if (cursor.done() == members.size()) {
            return plan(job, files);
        }
        int number = cursor.done() + 1;
        Job member = jobs.require(members.get(cursor.done()));
        Listed listed = listed(files, member).orElseThrow(() -> Failures.notListed(number));
        manifests.check(member, number, listed);
        return new Advanced<>(cursor.after(number), true);
    }

    private Optional<Listed> listed(List<Listed> files, Job member) {
        String name = Manifests.name(sets.path(member));
        return files.stream().filter(file -> file.name().equals(name)).findFirst();
    }

    /** With what the list says of the files' rows, which are counted when the tables are made. */
    private StepOutcome<UnzipCursor> plan(Job job, List<Listed> files) {
        Finished<UnzipCursor> planned = plan(job);
        if (!job.requireFeed().listsRows() || !(planned.result() instanceof ObjectNode result)) {
            return planned;
        }
        List<@Nullable Long> rows = new ArrayList<>();
        members(job)
                .forEach(member -> rows.add(
                        listed(files, jobs.require(member)).map(Listed::rows).orElse(null)));
        return new Finished<>(ListedRows.into(result, ListedRows.of(plans.require(job.id()), rows)));
    }

    private Finished<UnzipCursor> plan(Job job) {
        List<Plan> held = new ArrayList<>();
        for (String member : members(job)) {
            held.add(plans.require(member));
        }
        plans.create(job.id(), ArchivePlanner.ofSet(held, job.requireFeed(), units));
        Plan plan = plans.require(job.id());
        ObjectNode counts = counts(
                plan.entries().size(),
                plan.entries().stream().mapToLong(Plan.Entry::size).sum());
        return new Finished<>(counts.put("files", members(job).size()));
    }

    private StepOutcome<UnzipCursor> copy(Job job, Task task, UnzipCursor cursor) {
        Plan.Run run = plans.require(job.id()).segments().get(task.number() - 1);
        List<Plan.Entry> entries = plans.require(job.id()).entries().subList(run.from(), run.to());
        String member = members(job).get(task.number() - 1);
        return EntryCopies.step(
                store,
                entries,
                cursor,
                at -> BucketLayout.entry(member, at),
                at -> BucketLayout.entry(job.id(), run.from() + at));
    }

    private static List<String> members(Job job) {
        Collected set = Objects.requireNonNull(job.collected());
        return set.members();
    }

    private static ObjectNode counts(int entries, long bytes) {
        return JsonNodeFactory.instance.objectNode().put("entries", entries).put("bytes", bytes);
    }
}
