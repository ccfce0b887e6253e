package io.intake.processors.machine;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.processors.hold.FeedSizes;
import io.intake.processors.hold.Holds;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.join.Joins;
import io.intake.processors.nest.Nests;
import io.intake.processors.plan.Plan;
import io.intake.processors.plan.PlanStore;
import io.intake.processors.task.DoneMarks;
import io.intake.processors.task.FanOut;
import io.intake.processors.task.StageEvents;
import io.intake.processors.task.Task;
import io.intake.processors.task.TaskStore;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Takes a job from stage to stage: the last task of a stage to finish opens the next, exactly once in effect. A stage's
 * tasks are opened after the state that they belong to is recorded; a kill between the two is made good by the finished
 * task, whose object is still there and runs again. Thread-safe, also across processes.
 */
public final class JobMachine implements StageEvents {
    private final AfterUnzip unzip;
    private final AfterStitch stitch;
    private final Steps steps;
    private final PlanStore plans;
    private final JobStore jobs;
    private final Settlement settlement;
    private final FeedSizes sizes;
    private final InstantSource clock;

    public JobMachine(
            PlanStore plans,
            JobStore jobs,
            TaskStore tasks,
            FanOut fanOut,
            DoneMarks marks,
            Joins joins,
            FileSets sets,
            Settlement settlement,
            Holds holds,
            FeedSizes sizes,
            Nests nests,
            InstantSource clock) {
        this.steps = new Steps(jobs, fanOut, marks, settlement, holds, clock);
        this.unzip = new AfterUnzip(steps, plans, jobs, fanOut, marks, sets, nests, clock);
        this.stitch = new AfterStitch(steps, plans, jobs, tasks, marks, joins, sizes, clock);
        this.plans = plans;
        this.jobs = jobs;
        this.settlement = settlement;
        this.sizes = sizes;
        this.clock = clock;
    }

    @Override
    public void done(Task task) {
        switch (task.stage()) {
            case UNZIP -> unzip.done(task);
            case STITCH -> stitch.done(task);
            case FORWARD -> forwarded(task);
            case PAGE -> throw new IllegalArgumentException("pages are no part of a job");
        }
    }

    private void forwarded(Task task) {
        JsonNode counted = steps.result(task);
        Plan plan = plans.require(task.job());
        Job known = Steps.counts(jobs.require(task.job()), counted);
        Optional<Failure> wrong = Stitched.undelivered(known, plan);
        if (wrong.isEmpty() && !known.state().terminal()) {
            sizes.delivered(known);
        }
        Job job = jobs.update(
                task.job(),
                now -> now.state().terminal()
                        ? now
                        : wrong.map(failure -> Steps.counts(now, counted).fail(failure, clock.instant()))
                                .orElseGet(
                                        () -> Steps.counts(now, counted).become(JobState.DELIVERED, clock.instant())));
        settlement.settle(job);
    }

    @Override
    public void refused(Job job, Failure failure) {
        steps.refused(job, failure);
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
        settlement.delayed(waits);
    }

    @Override
    public void resumed(Job job) {
        jobs.update(
                job.id(),
                now -> now.state() == JobState.WAITING ? now.become(JobState.FORWARDING, clock.instant()) : now);
    }
}
