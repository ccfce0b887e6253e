package io.intake.processors.join;

import io.intake.bucket.BucketLayout;
import io.intake.config.Join.Unmatched;
import io.intake.processors.Json;
import io.intake.processors.job.Job;
import io.intake.processors.join.JoinCursor.Open;
import io.intake.processors.join.JoinTree.Step;
import io.intake.processors.join.Nesting.Outcome;
import io.intake.processors.join.Nesting.Place;
import io.intake.processors.join.Phase.Chunk;
import io.intake.processors.plan.PlanStore;
import io.intake.processors.task.StageWork;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.StepOutcome.Advanced;
import io.intake.processors.task.StepOutcome.Finished;
import io.intake.processors.task.Task;
import io.intake.processors.task.TimeBudget;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of a join: those of the stitch stage that come behind the tables. A step sorts one chunk, or writes one window of
 * a partition. The result is {@code {"partitions": [...]}}, see {@link NestResult}. Thread-safe.
 */
final class JoinWork implements StageWork<JoinCursor> {
    private final ObjectStore store;
    private final PlanStore plans;
    private final Phases phases;
    private final Surveys surveys;
    private final JoinObjects objects;
    private final ChunkPlaces chunkPlaces;
    private final JoinLimits limits;

    JoinWork(ObjectStore store, PlanStore plans, Phases phases, Surveys surveys, JoinLimits limits) {
        this.store = store;
        this.plans = plans;
        this.phases = phases;
        this.surveys = surveys;
        this.objects = new JoinObjects(store);
        this.chunkPlaces = new ChunkPlaces(store);
        this.limits = limits;
    }

    /** What a task leaves. */
    record Result(List<NestResult> partitions) {
        Result {
            partitions = List.copyOf(partitions);
        }
    }

    @Override
    public Class<JoinCursor> cursorType() {
        return JoinCursor.class;
    }

    @Override
    public JoinCursor begin(Job job, Task task) {
        return JoinCursor.START;
    }

    @Override
    public StepOutcome<JoinCursor> step(Job job, Task task, JoinCursor cursor, TimeBudget budget) {
        Phase phase = phases.of(job.id(), task.number());
        JoinTree tree = JoinTree.of(job.requireFeed(), plans.require(job.id()));
        int from = (task.number() - phase.firstTask()) * phase.perTask();
        return switch (phase.kind()) {
            case SURVEY -> survey(job.id(), tree, phase, from, cursor);
            case SPLIT -> split(job.id(), tree, phase, from, cursor);
            case NEST -> nest(job.id(), tree, phase, from, cursor);
            case DONE -> throw new IllegalStateException("a phase without tasks");
        };
    }

    /** One chunk is a step; the first one that is not sorted is the last. */
    private StepOutcome<JoinCursor> survey(String job, JoinTree tree, Phase phase, int from, JoinCursor cursor) {
        Step step = tree.steps().get(phase.step());
        List<Chunk> chunks = phase.chunks(step);
        int done = cursor.chunks();
        if (cursor.unsorted() || from + done == Math.min(chunks.size(), from + phase.perTask())) {
            return finished(cursor);
        }
        Survey seen = new Surveyor(store, tree, limits.recordBytes()).survey(chunks.get(from + done), step);
        surveys.put(job, step.number(), seen);
        return new Advanced<>(seen.orders().isEmpty() ? cursor.stop() : cursor.chunk(), true);
    }

    private StepOutcome<JoinCursor> split(String job, JoinTree tree, Phase phase, int from, JoinCursor cursor) {
        Step step = tree.steps().get(phase.step());
        List<Chunk> chunks = phase.chunks(step);
        List<Chunk> own = chunks.subList(from, Math.min(chunks.size(), from + phase.perTask()));
        if (cursor.chunks() == own.size()) {
            return finished(cursor);
        }
        Chunk chunk = own.get(cursor.chunks());
        Content sorted = new ChunkSorter(store, tree, limits.recordBytes()).sort(chunk, step, phase.partitions());
        objects.put(BucketLayout.joinChunk(job, step.number(), chunk.number()), sorted);
        return new Advanced<>(cursor.chunk(), true);
    }

    private StepOutcome<JoinCursor> nest(String job, JoinTree tree, Phase phase, int from, JoinCursor cursor) {
        int partitions = Math.min(phase.partitions(), from + phase.perTask()) - from;
        int done = cursor.done().size();
        if (done == partitions * phase.steps()) {
            return finished(cursor);
        }
        Step step = tree.steps().get(phase.step() + done / partitions);
        int partition = from + done % partitions;
        Open open = cursor.open() != null ? cursor.open() : Open.start(step.number(), partition);
        Schedule schedule = new Schedule(job, tree, limits);
        Nesting nesting = new Nesting(
                tree,
                step,
                limits,
                node -> new RowReader(
                        store,
                        chunkPlaces,
                        pieces(schedule, tree, phase, cursor, node),
                        partition,
                        phase.partitions(),
                        tree.node(node).below(),
                        limits.recordBytes(),
                        keys(phase, step, partition, node)));
        return new Advanced<>(stored(job, step, cursor, open, nesting.next(open)), true);
    }

    private static @Nullable KeyRange keys(Phase phase, Step step, int partition, int node) {
        return phase.stretches().isEmpty()
                ? null
                : new KeyRange(phase.stretches().get(partition), node, new KeyColumns(step.columns(node)));
    }

    /** Where a table's rows are: an earlier step of the same task may have written them. */
    private static List<Piece> pieces(Schedule schedule, JoinTree tree, Phase phase, JoinCursor cursor, int node) {
        List<Piece> pieces = phase.pieces(node);
        for (Step step : tree.steps()) {
            List<NestResult> results = cursor.done().stream()
                    .filter(done -> done.step() == step.number() && phase.steps() > 1)
                    .toList();
            if (step.parent() == node && !results.isEmpty()) {
                pieces = schedule.written(step, results);
            }
        }
        return pieces;
    }

    private JoinCursor stored(String job, Step step, JoinCursor cursor, Open open, Outcome outcome) {
        NestResult result = open.soFar().counted(outcome.tally());
        Bytes records = outcome.records();
        if (open.edge() < 0 && records != null) {
            int window = result.windows().size();
            String key = BucketLayout.joined(job, step.number(), result.partition(), window);
            result = result.window(objects.put(key, records.content()));
        } else if (open.edge() >= 0) {
            int child = Nesting.edge(step, open.edge()).child();
            boolean reported = Nesting.wanted(step, open.edge()) == Unmatched.REPORT;
            String key = reported
                    ? BucketLayout.rejectsOfJoin(job, child, result.partition(), result.reportedWindows(child))
                    : BucketLayout.unattached(job, child, result.partition(), result.unattachedWindows(child));
            long bytes = records == null ? 0 : objects.put(key, records.content());
            result = reported ? result.reported(child, bytes) : result.unattached(child, bytes);
        }
        Place next = outcome.next();
        return next == null ? cursor.finished(result) : cursor.open(new Open(next.edge(), next.after(), result));
    }

    private static StepOutcome<JoinCursor> finished(JoinCursor cursor) {
        return new Finished<>(Json.mapper().valueToTree(new Result(cursor.done())));
    }
}
