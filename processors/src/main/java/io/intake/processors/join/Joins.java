package io.intake.processors.join;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.processors.Json;
import io.intake.processors.Records;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.join.JoinTree.Node;
import io.intake.processors.join.JoinTree.Step;
import io.intake.processors.join.Phase.Kind;
import io.intake.processors.join.Piece.Form;
import io.intake.processors.plan.Plan;
import io.intake.processors.plan.PlanStore;
import io.intake.processors.quality.RejectsWork;
import io.intake.processors.stitch.StitchWork;
import io.intake.processors.task.DoneMarks;
import io.intake.processors.task.FanOut;
import io.intake.processors.task.Task;
import io.intake.store.ObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Takes a join from phase to phase: the last task of a phase to finish begins the next, exactly once in effect. A phase is
 * recorded before its tasks are opened; a kill between the two is made good by the finished task, whose object is still there
 * and runs again. Thread-safe, also across processes.
 */
public final class Joins {
    private final PlanStore plans;
    private final DoneMarks marks;
    private final FanOut fanOut;
    private final Phases phases;
    private final Surveys surveys;
    private final JoinLimits limits;

    public Joins(Records records, PlanStore plans, DoneMarks marks, FanOut fanOut) {
        this(records, plans, marks, fanOut, JoinLimits.DEFAULT);
    }

    /** @param limits smaller than usual in scaled simulations */
    public Joins(Records records, PlanStore plans, DoneMarks marks, FanOut fanOut, JoinLimits limits) {
        this.plans = plans;
        this.marks = marks;
        this.fanOut = fanOut;
        this.phases = new Phases(records);
        this.surveys = new Surveys(records);
        this.limits = limits;
    }

    /** How far a join is. */
    public sealed interface Progress {
        /** There are tasks to be done. */
        record Running() implements Progress {}

        /** The tables cannot be joined. */
        record Refused(Failure failure) implements Progress {}

        /**
         * The records are there.
         *
         * @param counts for the job's record
         */
        record Done(SortedMap<String, Long> counts) implements Progress {}
    }

    /** With other limits for unique keys: for scaled simulations. */
    StitchStage stage(ObjectStore store, StitchWork tables, RejectsWork rejects, KeyedTables.Limits keys) {
        return new StitchStage(
                plans,
                new KeyedTables(store, plans, tables, keys),
                new JoinWork(store, plans, phases, surveys, limits),
                rejects);
    }

    /** The work of the stitch stage: tables, joins and the rejects file. */
    public StitchStage stage(ObjectStore store, StitchWork tables, RejectsWork rejects) {
        return stage(store, tables, rejects, KeyedTables.Limits.DEFAULT);
    }

    /**
     * Goes on with a join when a task of the stage is done, and all of the plan's groups are.
     *
     * @param finished the task
     */
    public Progress advance(Job job, Plan plan, Task finished) {
        Schedule schedule = new Schedule(job.id(), JoinTree.of(job.requireFeed(), plan), limits);
        List<Phase> begun = phases.all(job.id());
        if (begun.isEmpty()) {
            return begin(job, 1, first(job, plan, schedule));
        }
        Phase last = begun.getLast();
        if (marks.count(Stage.STITCH, job.id()) < last.end() - 1) {
            if (finished.number() < last.firstTask()
                    || last.tasks() > job.requireFeed().parallel()) {
                open(job, last);
            }
            return new Progress.Running();
        }
        if (last.kind() == Kind.SURVEY) {
            Step surveyed = JoinTree.of(job.requireFeed(), plan).steps().get(last.step());
            List<Survey> seen = surveys.all(
                    job.id(), surveyed.number(), last.chunks(surveyed).size());
            return begin(job, begun.size() + 1, schedule.afterSurvey(last, seen));
        }
        if (last.kind() == Kind.SPLIT) {
            return begin(job, begun.size() + 1, schedule.afterSplit(last));
        }
        JoinTree tree = JoinTree.of(job.requireFeed(), plan);
        List<NestResult> nested = results(job, last).stream()
                .flatMap(done -> done.partitions().stream())
                .toList();
        Phase next = schedule.afterNest(last, nested);
        Audit audit = new Audit(tree, new Tally(next.counts()));
        for (Step step : tree.steps().subList(last.step(), last.step() + last.steps())) {
            Optional<Failure> wrong = audit.check(step);
            if (wrong.isPresent()) {
                return new Progress.Refused(wrong.get());
            }
        }
        if (next.kind() == Kind.DONE) {
            phases.end(job.id(), next);
            return new Progress.Done(counts(tree, new Tally(next.counts())));
        }
        return begin(job, begun.size() + 1, next);
    }

    private Phase first(Job job, Plan plan, Schedule schedule) {
        int groups = plan.groups().size();
        TreeMap<Integer, Long> rows = new TreeMap<>();
        TreeMap<Integer, Long> bytes = new TreeMap<>();
        for (JsonNode result : marks.results(Stage.STITCH, job.id(), groups).values()) {
            for (JsonNode table : result.path("tables")) {
                rows.put(table.path("number").intValue(), table.path("rows").longValue());
                bytes.put(table.path("number").intValue(), table.path("bytes").longValue());
            }
        }
        TreeMap<Integer, List<Piece>> sources = new TreeMap<>();
        Tally tally = new Tally(new TreeMap<>());
        for (Node node : schedule.present()) {
            int table = node.planned().getAsInt();
            String key = BucketLayout.stitched(job.id(), table);
            sources.put(node.number(), List.of(new Piece(key, Form.STITCHED, bytes.getOrDefault(table, 0L))));
            tally.add(node.number(), Tally.ROWS, rows.getOrDefault(table, 0L));
        }
        return schedule.first(groups + 1, sources, tally.counts());
    }

    private Progress begin(Job job, int number, Phase phase) {
        phases.begin(job.id(), number, phase);
        List<Phase> begun = phases.all(job.id());
        open(job, begun.get(number - 1));
        return new Progress.Running();
    }

    /** Opens the tasks that are not done, a few at a time. */
    private void open(Job job, Phase phase) {
        fanOut.open(
                Stage.STITCH,
                job.id(),
                phase.firstTask(),
                phase.end(),
                job.requireFeed().parallel());
    }

    private List<JoinWork.Result> results(Job job, Phase phase) {
        List<JoinWork.Result> results = new ArrayList<>();
        for (int number = phase.firstTask(); number < phase.end(); number++) {
            int task = number;
            JsonNode mark = marks.find(Stage.STITCH, job.id(), number)
                    .orElseThrow(() ->
                            new IllegalStateException("stitch task " + task + " of " + job.id() + " has no done mark"));
            results.add(Json.mapper().convertValue(mark, JoinWork.Result.class));
        }
        return results;
    }

    /** {@code records}, and for each table that is nested {@code NAME.nested}, and what is not: without those that are 0. */
    private static SortedMap<String, Long> counts(JoinTree tree, Tally tally) {
        TreeMap<String, Long> counts = new TreeMap<>();
        counts.put("records", tally.get(0, Tally.NESTED));
        for (Node node : tree.nodes().subList(1, tree.nodes().size())) {
            counts.put(node.name() + ".nested", tally.get(node.number(), Tally.NESTED));
            for (String count : List.of(Tally.ORPHANS, Tally.BLANK, Tally.UNATTACHED, Tally.REPORTED)) {
                if (tally.get(node.number(), count) > 0) {
                    counts.put(node.name() + "." + count, tally.get(node.number(), count));
                }
            }
        }
        return counts;
    }
}
