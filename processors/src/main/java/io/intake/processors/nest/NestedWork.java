package io.intake.processors.nest;

import io.intake.bucket.BucketLayout;
import io.intake.config.ArchiveLimits;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.RefusedException;
import io.intake.processors.nest.Round.Work;
import io.intake.processors.nest.Spent.Size;
import io.intake.processors.plan.Plan;
import io.intake.processors.plan.PlanStore;
import io.intake.processors.task.StageWork;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.StepOutcome.Finished;
import io.intake.processors.task.StepOutcome.Refused;
import io.intake.processors.task.Task;
import io.intake.processors.task.TimeBudget;
import io.intake.processors.unzip.EntryCopies;
import io.intake.processors.unzip.SealedUnzipWork;
import io.intake.processors.unzip.UnzipCursor;
import io.intake.store.ObjectStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The unzip stage where archives within archives are opened. Each archive is planned and extracted as any upload is, under keys of
 * its own; when nothing more is found, the files of all are copied, inside the store, to where those of a file are. Thread-safe.
 */
public final class NestedWork implements StageWork<UnzipCursor> {
    private static final int KEPT = 16;

    private final SealedUnzipWork unzip;
    private final ObjectStore store;
    private final Records records;
    private final PlanStore plans;
    private final Tree tree;
    private final Rounds rounds;
    /** Guarded by itself. */
    private final Map<String, Place> places = new LinkedHashMap<>();

    public NestedWork(SealedUnzipWork unzip, ObjectStore store, Records records, PlanStore plans, Tree tree) {
        this.unzip = unzip;
        this.store = store;
        this.records = records;
        this.plans = plans;
        this.tree = tree;
        this.rounds = new Rounds(records);
    }

    /**
     * What a task works on.
     *
     * @param upload the archive as the upload of a job; null where files are copied
     * @param name of the archive; not for logs
     */
    private record Place(Round round, Work work, @Nullable Job upload, String name) {}

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
        if (!Nests.nests(job)) {
            return unzip.step(job, task, cursor, budget);
        }
        Place place = place(job, task.number());
        Job upload = place.upload();
        if (upload == null) {
            return copy(job, task, cursor);
        }
        Work work = place.work();
        Task own = new Task(task.stage(), upload.id(), work.segment(), task.round());
        try {
            StepOutcome<UnzipCursor> outcome = unzip.step(upload, own, cursor, budget, place.name());
            if (outcome instanceof Finished<UnzipCursor> && work.segment() == 0) {
                spend(job, work.node());
            }
            return outcome instanceof Refused<UnzipCursor>(Failure failure)
                    ? new Refused<>(told(job, place, failure))
                    : outcome;
        } catch (RefusedException refused) {
            return new Refused<>(told(job, place, refused.failure()));
        }
    }

    /** In words about the whole: what was left for one archive means nothing to its sender. */
    private static Failure told(Job job, Place place, Failure failure) {
        ArchiveLimits limits = job.requireFeed().limits();
        return switch (failure.code()) {
            case "TOO_LARGE" -> NestFailures.tooLarge(limits).failure();
            case "TOO_MANY_ENTRIES" -> NestFailures.tooManyEntries(limits).failure();
            default ->
                NestFailures.within(Tree.place(place.round(), place.work().node()), failure);
        };
    }

    private Place place(Job job, int task) {
        String key = job.id() + "/" + task;
        synchronized (places) {
            Place kept = places.get(key);
            if (kept != null) {
                return kept;
            }
        }
        Place found = find(job, task);
        synchronized (places) {
            places.put(key, found);
            if (places.size() > KEPT) {
                places.remove(places.keySet().iterator().next());
            }
        }
        return found;
    }

    private Place find(Job job, int task) {
        Optional<Round> found = rounds.of(job.id(), task);
        if (found.isEmpty()) {
            return new Place(Round.UPLOAD, new Work(0, 0), null, "");
        }
        Round round = found.get();
        Work work = round.tasks().get(task - round.first());
        Job upload = tree.upload(job, round, work.node());
        if (work.segment() == 0) {
            ArchiveLimits left =
                    spent(job).without(work.node()).left(job.requireFeed().limits());
            upload = upload.withFeed(upload.requireFeed().with(left));
        }
        return new Place(round, work, upload, tree.name(job, round, work.node()));
    }

    private Spent spent(Job job) {
        return records.find(BucketLayout.nestedSpent(job.id()), Spent.class)
                .map(Versioned::value)
                .orElse(Spent.NOTHING);
    }

    /** Counts what an archive holds, once, before any of its segments is extracted. */
    private void spend(Job job, int node) {
        Plan plan = tree.plan(job, node);
        Size size = new Size(
                plan.entries().size() + (long) plan.ignored(),
                plan.entries().stream().mapToLong(Plan.Entry::size).sum());
        String key = BucketLayout.nestedSpent(job.id());
        while (true) {
            Optional<Versioned<Spent>> found = records.find(key, Spent.class);
            Spent more = found.map(Versioned::value).orElse(Spent.NOTHING).with(node, size);
            more.check(job.input().size(), job.requireFeed().limits());
            if (found.map(Versioned::value).filter(more::equals).isPresent()) {
                return;
            }
            boolean written = found.map(old -> records.replace(key, old.etag(), more))
                    .orElseGet(() -> records.create(key, more))
                    .isPresent();
            if (written) {
                return;
            }
        }
    }

    /** Copies the files of one archive, a few in a step. */
    private StepOutcome<UnzipCursor> copy(Job job, Task task, UnzipCursor cursor) {
        Plan plan = plans.require(job.id());
        int segment = task.number() - plan.before() - 1;
        Plan.Run run = plan.segments().get(segment);
        Round last = rounds.of(job.id(), plan.before())
                .orElseThrow(() -> new IllegalStateException("job " + job.id() + " has no rounds"));
        Node node = withFiles(job, last).get(segment);
        List<Plan.Entry> files = tree.files(job, node);
        return EntryCopies.step(
                store,
                files,
                cursor,
                at -> BucketLayout.entry(
                        Tree.id(job, node.number()), files.get(at).number()),
                at -> BucketLayout.entry(job.id(), run.from() + at));
    }

    private List<Node> withFiles(Job job, Round last) {
        List<Node> nodes = new ArrayList<>();
        for (Node node : last.nodes()) {
            if (!tree.files(job, node).isEmpty()) {
                nodes.add(node);
            }
        }
        return nodes;
    }
}
