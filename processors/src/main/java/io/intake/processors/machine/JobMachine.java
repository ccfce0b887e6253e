package io.intake.processors.machine;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.Stage;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.join.Joins;
import io.intake.processors.plan.Plan;
import io.intake.processors.plan.PlanStore;
import io.intake.processors.task.DoneMarks;
import io.intake.processors.task.FanOut;
import io.intake.processors.task.StageEvents;
import io.intake.processors.task.Task;
import java.time.InstantSource;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Takes a job from stage to stage: the last task of a stage to finish opens the next, exactly once in effect. A stage's
 * tasks are opened after the state that they belong to is recorded; a kill between the two is made good by the finished
 * task, whose object is still there and runs again. Thread-safe, also across processes.
 */
public final class JobMachine implements StageEvents {
    private final PlanStore plans;
    private final JobStore jobs;
    private final FanOut fanOut;
    private final DoneMarks marks;
    private final Joins joins;
    private final FileSets sets;
    private final Settlement settlement;
    private final InstantSource clock;

    public JobMachine(
            PlanStore plans,
            JobStore jobs,
            FanOut fanOut,
            DoneMarks marks,
            Joins joins,
            FileSets sets,
            Settlement settlement,
            InstantSource clock) {
        this.plans = plans;
        this.jobs = jobs;
        this.fanOut = fanOut;
        this.marks = marks;
        this.joins = joins;
        this.sets = sets;
        this.settlement = settlement;
        this.clock = clock;
    }

    @Override
    public void done(Task task) {
        switch (task.stage()) {
            case UNZIP -> unzipped(task);
            case STITCH -> stitched(task);
            case FORWARD -> forwarded(task);
            case PAGE -> throw new IllegalArgumentException("pages are no part of a job");
        }
    }

    private void unzipped(Task task) {
        Plan plan = plans.require(task.job());
        if (task.number() == 0) {
            JsonNode counted = result(task);
            Job job = jobs.update(
                    task.job(),
                    now -> now.state() != JobState.RECEIVED
                            ? now
                            : counts(now, counted).become(JobState.UNZIPPING, clock.instant()));
            open(job, JobState.UNZIPPING, Stage.UNZIP, plan.segments().size());
        }
        int segments = plan.segments().size();
        if (task.number() == 0 && segments > 0) {
            return;
        }
        if (segments == 0 || marks.count(Stage.UNZIP, task.job()) == segments) {
            extracted(task.job(), plan);
        } else {
            openNext(task, JobState.UNZIPPING, segments);
        }
    }

    /** Everything is extracted: a file of a set waits for the others, any other file goes on. */
    private void extracted(String id, Plan plan) {
        Job job = jobs.update(
                id,
                now -> now.isMember() || now.state() != JobState.UNZIPPING
                        ? now
                        : now.become(JobState.STITCHING, clock.instant()));
        if (job.isMember()) {
            sets.join(id);
        } else {
            open(job, JobState.STITCHING, Stage.STITCH, plan.groups().size());
        }
    }

    private void stitched(Task task) {
        Plan plan = plans.require(task.job());
        int groups = plan.groups().size();
        if (marks.count(Stage.STITCH, task.job()) < groups) {
            openNext(task, JobState.STITCHING, groups);
            return;
        }
        Job job = jobs.require(task.job());
        if (job.requireFeed().stitch() == null) {
            stitched(job.id(), plan, new TreeMap<>());
            return;
        }
        switch (joins.advance(job, plan, task)) {
            case Joins.Progress.Running ignored -> {}
            case Joins.Progress.Refused(Failure failure) -> refused(job, failure);
            case Joins.Progress.Done(SortedMap<String, Long> counts) -> stitched(job.id(), plan, counts);
        }
    }

    private void stitched(String id, Plan plan, SortedMap<String, Long> joined) {
        int groups = plan.groups().size();
        TreeMap<String, Long> rows = new TreeMap<>();
        for (JsonNode result : marks.results(Stage.STITCH, id, groups).values()) {
            for (JsonNode table : result.path("tables")) {
                String name = plan.tables().get(table.path("number").intValue()).name();
                rows.put(name, table.path("rows").longValue());
            }
        }
        long total = rows.values().stream().mapToLong(Long::longValue).sum();
        Job job = jobs.update(
                id,
                now -> now.state() != JobState.STITCHING
                        ? now
                        : counts(now.withTables(rows), joined)
                                .withCount("rows", total)
                                .become(JobState.FORWARDING, clock.instant()));
        open(job, JobState.FORWARDING, Stage.FORWARD, 1);
    }

    private void forwarded(Task task) {
        JsonNode counted = result(task);
        Job job = jobs.update(
                task.job(),
                now -> now.state().terminal() ? now : counts(now, counted).become(JobState.DELIVERED, clock.instant()));
        settlement.settle(job);
    }

    @Override
    public void refused(Job job, Failure failure) {
        Job ended = jobs.update(job.id(), now -> now.state().terminal() ? now : now.fail(failure, clock.instant()));
        settlement.settle(ended);
    }

    @Override
    public void ended(Job job) {
        settlement.settle(job);
    }

    @Override
    public void waiting(Job job, String reason) {
        Job waits = jobs.update(
                job.id(),
                now -> now.state() == JobState.FORWARDING ? now.become(JobState.WAITING, clock.instant()) : now);
        settlement.delayed(waits, reason);
    }

    @Override
    public void resumed(Job job) {
        Job goesOn = advance(job.id(), JobState.WAITING, JobState.FORWARDING);
        settlement.resumed(goesOn);
    }

    private Job advance(String id, JobState from, JobState to) {
        return jobs.update(id, now -> now.state() == from ? now.become(to, clock.instant()) : now);
    }

    /** Opens tasks 1 to a number, a few at a time, unless the job is past them. */
    private void open(Job job, JobState during, Stage stage, int count) {
        if (job.state() == during) {
            fanOut.open(stage, job.id(), 1, count + 1, job.requireFeed().parallel());
        }
    }

    /** Opens what comes next when a task of a stage has ended; where all were opened at once, there is nothing to ask for. */
    private void openNext(Task ended, JobState during, int count) {
        if (count > 1) {
            Job job = jobs.require(ended.job());
            if (count > job.requireFeed().parallel()) {
                open(job, during, ended.stage(), count);
            }
        }
    }

    private JsonNode result(Task task) {
        return marks.find(task.stage(), task.job(), task.number())
                .orElseThrow(() -> new IllegalStateException("a finished task of " + task.job() + " has no done mark"));
    }

    private static Job counts(Job job, SortedMap<String, Long> counts) {
        Job counted = job;
        for (var count : counts.entrySet()) {
            counted = counted.withCount(count.getKey(), count.getValue());
        }
        return counted;
    }

    /** Takes over the numbers of a result. */
    private static Job counts(Job job, JsonNode result) {
        Job counted = job;
        for (var field : result.properties()) {
            if (field.getValue().isIntegralNumber()) {
                counted = counted.withCount(field.getKey(), field.getValue().longValue());
            }
        }
        return counted;
    }
}
