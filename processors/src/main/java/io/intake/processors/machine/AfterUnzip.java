package io.intake.processors.machine;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.Stage;
import io.intake.config.UnknownMember;
import io.intake.processors.hold.HoldReasons;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.job.Runs;
import io.intake.processors.nest.Nests;
import io.intake.processors.plan.Plan;
import io.intake.processors.plan.PlanStore;
import io.intake.processors.task.DoneMarks;
import io.intake.processors.task.FanOut;
import io.intake.processors.task.Task;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/**
 * Where a job goes from the unzip stage: through its segments and the archives within it to its tables, its set, or, sent again,
 * to the engine at once. Thread-safe, also across processes.
 */
final class AfterUnzip {
    /** The counts of what was sent. */
    private static final Set<String> SENT = Set.of("delivered", "batches", "refused");

    private final Steps steps;
    private final PlanStore plans;
    private final JobStore jobs;
    private final FanOut fanOut;
    private final DoneMarks marks;
    private final FileSets sets;
    private final Nests nests;
    private final InstantSource clock;

    AfterUnzip(
            Steps steps,
            PlanStore plans,
            JobStore jobs,
            FanOut fanOut,
            DoneMarks marks,
            FileSets sets,
            Nests nests,
            InstantSource clock) {
        this.steps = steps;
        this.plans = plans;
        this.jobs = jobs;
        this.fanOut = fanOut;
        this.marks = marks;
        this.sets = sets;
        this.nests = nests;
        this.clock = clock;
    }

    /** A task has ended. */
    void done(Task task) {
        Optional<Job> begun = task.number() == 0 ? Optional.of(begun(task)) : Optional.empty();
        if (begun.isPresent() && isSentAgain(begun.get())) {
            steps.open(begun.get(), JobState.FORWARDING, Stage.FORWARD, 1);
            return;
        }
        Optional<Plan> found = plans.find(task.job());
        Plan plan = found.orElse(null);
        if (plan == null) {
            Job job = begun.orElseGet(() -> jobs.require(task.job()));
            switch (nests.advance(job, task)) {
                case Nests.Progress.Running ignored -> {}
                case Nests.Progress.Refused(Failure failure) -> steps.refused(job, failure);
                case Nests.Progress.Planned(Plan made) -> gather(task.job(), made);
            }
            return;
        }
        int last = plan.before() + plan.segments().size();
        if (begun.isPresent()) {
            openSegments(begun.get(), plan);
            if (last > 0 && !isHeldExtracted(begun.get())) {
                return;
            }
        } else if (task.number() <= plan.before()) {
            openSegments(jobs.require(task.job()), plan);
        }
        if (last == 0 || marks.count(Stage.UNZIP, task.job()) == last) {
            extracted(task.job(), plan);
        } else if (plan.segments().size() > 1) {
            Job job = jobs.require(task.job());
            if (plan.segments().size() > job.requireFeed().parallel()) {
                openSegments(job, plan);
            }
        }
    }

    /** A job whose first task has ended. */
    private Job begun(Task task) {
        JsonNode counted = steps.result(task);
        Job job = jobs.update(task.job(), now -> switch (now.state()) {
            case RECEIVED ->
                isSentAgain(now)
                        ? sentAgain(now, counted)
                        : Steps.counts(now, counted).become(JobState.UNZIPPING, clock.instant());
            case HELD -> steps.decided(now, JobState.RECEIVED, JobState.UNZIPPING, counted);
            default -> now;
        });
        steps.settleIfOver(job);
        return job;
    }

    /** All archives within one another are extracted: their files are brought together. */
    private void gather(String id, Plan plan) {
        long bytes = plan.entries().stream().mapToLong(Plan.Entry::size).sum();
        Job job = jobs.update(
                id,
                now -> now.state() == JobState.UNZIPPING
                        ? now.withCount("entries", plan.entries().size())
                                .withCount("ignored", plan.ignored())
                                .withCount("bytes", bytes)
                                .withCount("tables", plan.tables().size())
                        : now);
        openSegments(job, plan);
    }

    private void openSegments(Job job, Plan plan) {
        if (job.state() == JobState.UNZIPPING) {
            int first = plan.before() + 1;
            int end = first + plan.segments().size();
            fanOut.open(Stage.UNZIP, job.id(), first, end, job.requireFeed().parallel());
        }
    }

    private static boolean isSentAgain(Job job) {
        return job.replay() != null && job.replay().from() == Runs.From.FORWARD;
    }

    /** A replay whose tables are there goes to the stage that sends them. */
    private Job sentAgain(Job job, JsonNode counted) {
        Job source = jobs.require(job.dataId());
        return Steps.counts(stitchedAs(job, source), counted).become(JobState.FORWARDING, clock.instant());
    }

    private static Job stitchedAs(Job job, Job source) {
        Job told = job.withTables(source.tables()).withReadings(source.readings());
        for (var count : source.counts().entrySet()) {
            told = SENT.contains(count.getKey()) ? told : told.withCount(count.getKey(), count.getValue());
        }
        return told;
    }

    /** Everything is extracted: a file of a set waits for the others, any other file goes on. */
    private void extracted(String id, Plan plan) {
        Job job = jobs.update(id, now -> switch (now.state()) {
            case UNZIPPING -> now.isMember() ? now : reviewed(now, plan.unknown());
            case HELD -> steps.decided(now, JobState.UNZIPPING, JobState.STITCHING, null);
            default -> now;
        });
        if (plan.unknown() > 0) {
            steps.settleIfOver(job);
        }
        if (job.isMember()) {
            sets.join(id);
        } else {
            steps.open(job, JobState.STITCHING, Stage.STITCH, plan.groups().size());
        }
    }

    /** A job with everything extracted: it goes on, or is held because there is more than its feed knows. */
    private Job reviewed(Job job, int unknown) {
        Job counted = unknown == 0 ? job : job.withCount("unknown", unknown);
        return unknown > 0 && job.requireFeed().unknownMember() == UnknownMember.HOLD
                ? counted.hold(HoldReasons.unknownMembers(unknown), clock.instant())
                : counted.become(JobState.STITCHING, clock.instant());
    }

    private static boolean isHeldExtracted(Job job) {
        return job.state() == JobState.HELD && job.heldFrom() == JobState.UNZIPPING;
    }
}
