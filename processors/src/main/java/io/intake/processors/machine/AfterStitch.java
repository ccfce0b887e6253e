package io.intake.processors.machine;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.Stage;
import io.intake.config.Controls.Measure;
import io.intake.config.Controls.Shrink;
import io.intake.processors.hold.FeedSizes;
import io.intake.processors.hold.HoldReasons;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.join.Joins;
import io.intake.processors.plan.Plan;
import io.intake.processors.plan.PlanStore;
import io.intake.processors.task.DoneMarks;
import io.intake.processors.task.Task;
import io.intake.processors.task.TaskStore;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** Where a job goes from the stitch stage: through its join and its rejected rows to the engine. Thread-safe, also across processes. */
final class AfterStitch {
    private final Steps steps;
    private final PlanStore plans;
    private final JobStore jobs;
    private final TaskStore tasks;
    private final DoneMarks marks;
    private final Joins joins;
    private final FeedSizes sizes;
    private final InstantSource clock;

    AfterStitch(
            Steps steps,
            PlanStore plans,
            JobStore jobs,
            TaskStore tasks,
            DoneMarks marks,
            Joins joins,
            FeedSizes sizes,
            InstantSource clock) {
        this.steps = steps;
        this.plans = plans;
        this.jobs = jobs;
        this.tasks = tasks;
        this.marks = marks;
        this.joins = joins;
        this.sizes = sizes;
        this.clock = clock;
    }

    /** A task has ended. */
    void done(Task task) {
        Plan plan = plans.require(task.job());
        int groups = plan.groups().size();
        if (marks.count(Stage.STITCH, task.job()) < groups) {
            steps.openNext(task, JobState.STITCHING, groups);
            return;
        }
        Job job = jobs.require(task.job());
        if (job.requireFeed().stitch() == null) {
            stitched(job.id(), plan, new TreeMap<>());
            return;
        }
        switch (joins.advance(job, plan, task)) {
            case Joins.Progress.Running ignored -> {}
            case Joins.Progress.Refused(Failure failure) -> steps.refused(job, failure);
            case Joins.Progress.Done(SortedMap<String, Long> counts) -> stitched(job.id(), plan, counts);
        }
    }

    private void stitched(String id, Plan plan, SortedMap<String, Long> joined) {
        int groups = plan.groups().size();
        Stitched totals =
                Stitched.of(plan, marks.results(Stage.STITCH, id, groups).values(), joined);
        Optional<JsonNode> rejects = marks.find(Stage.STITCH, id, 0);
        if (totals.rejects() > 0 && rejects.isEmpty()) {
            tasks.open(Stage.STITCH, id, 0);
            return;
        }
        long rejected = rejects.map(mark -> mark.path("rejects").longValue()).orElse(0L);
        Job job = jobs.update(id, now -> switch (now.state()) {
            case STITCHING -> weighed(totals.counted(now), totals, rejected);
            case HELD -> steps.decided(now, JobState.STITCHING, JobState.FORWARDING, null);
            default -> now;
        });
        steps.settleIfOver(job);
        steps.open(job, JobState.FORWARDING, Stage.FORWARD, 1);
    }

    /** A job whose tables are made: it goes on, is held, or has ended. */
    private Job weighed(Job job, Stitched totals, long rejected) {
        Optional<Failure> refusal = totals.refusal(job.requireFeed(), rejected).or(() -> unlisted(job, totals));
        if (refusal.isPresent()) {
            return job.fail(refusal.get(), clock.instant());
        }
        Shrink shrink = job.requireFeed().controls().maxShrink();
        OptionalLong usual = sizes.shrunkFrom(job, totals.total());
        if (shrink != null && usual.isPresent()) {
            long size =
                    shrink.of() == Measure.ROWS ? totals.total() : job.input().size();
            return job.hold(HoldReasons.shrunk(shrink.of(), size, usual.getAsLong()), clock.instant());
        }
        return job.become(JobState.FORWARDING, clock.instant());
    }

    private Optional<Failure> unlisted(Job job, Stitched totals) {
        return job.requireFeed().listsRows()
                ? marks.find(Stage.UNZIP, job.id(), 0).flatMap(planned -> totals.unlisted(planned.path("listedRows")))
                : Optional.empty();
    }
}
