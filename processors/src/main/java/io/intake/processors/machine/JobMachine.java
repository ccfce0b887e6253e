package io.intake.processors.machine;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.Stage;
import io.intake.config.Controls.Measure;
import io.intake.config.Controls.Shrink;
import io.intake.config.UnknownMember;
import io.intake.processors.hold.Decision;
import io.intake.processors.hold.FeedSizes;
import io.intake.processors.hold.HoldReasons;
import io.intake.processors.hold.Holds;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.job.Runs;
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
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes a job from stage to stage: the last task of a stage to finish opens the next, exactly once in effect. A stage's
 * tasks are opened after the state that they belong to is recorded; a kill between the two is made good by the finished
 * task, whose object is still there and runs again. Thread-safe, also across processes.
 */
public final class JobMachine implements StageEvents {
    /** The counts of what was sent. */
    private static final Set<String> SENT = Set.of("delivered", "batches", "refused");

    private final PlanStore plans;
    private final JobStore jobs;
    private final TaskStore tasks;
    private final FanOut fanOut;
    private final DoneMarks marks;
    private final Joins joins;
    private final FileSets sets;
    private final Settlement settlement;
    private final Holds holds;
    private final FeedSizes sizes;
    private final Nests nests;
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
        this.plans = plans;
        this.jobs = jobs;
        this.tasks = tasks;
        this.fanOut = fanOut;
        this.marks = marks;
        this.joins = joins;
        this.sets = sets;
        this.settlement = settlement;
        this.holds = holds;
        this.sizes = sizes;
        this.nests = nests;
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
        Optional<Job> begun = task.number() == 0 ? Optional.of(begun(task)) : Optional.empty();
        if (begun.isPresent() && isSentAgain(begun.get())) {
            open(begun.get(), JobState.FORWARDING, Stage.FORWARD, 1);
            return;
        }
        Optional<Plan> found = plans.find(task.job());
        Plan plan = found.orElse(null);
        if (plan == null) {
            Job job = begun.orElseGet(() -> jobs.require(task.job()));
            switch (nests.advance(job, task)) {
                case Nests.Progress.Running ignored -> {}
                case Nests.Progress.Refused(Failure failure) -> refused(job, failure);
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
        JsonNode counted = result(task);
        Job job = jobs.update(task.job(), now -> switch (now.state()) {
            case RECEIVED ->
                isSentAgain(now)
                        ? sentAgain(now, counted)
                        : counts(now, counted).become(JobState.UNZIPPING, clock.instant());
            case HELD -> decided(now, JobState.RECEIVED, JobState.UNZIPPING, counted);
            default -> now;
        });
        settleIfOver(job);
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
        return counts(stitchedAs(job, source), counted).become(JobState.FORWARDING, clock.instant());
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
            case HELD -> decided(now, JobState.UNZIPPING, JobState.STITCHING, null);
            default -> now;
        });
        if (plan.unknown() > 0) {
            settleIfOver(job);
        }
        if (job.isMember()) {
            sets.join(id);
        } else {
            open(job, JobState.STITCHING, Stage.STITCH, plan.groups().size());
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
            case HELD -> decided(now, JobState.STITCHING, JobState.FORWARDING, null);
            default -> now;
        });
        settleIfOver(job);
        open(job, JobState.FORWARDING, Stage.FORWARD, 1);
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

    /**
     * A job that is held, after a person has decided about it.
     *
     * @param from the state it must have been held from; another one's tasks are no news for it
     * @param result of the task that goes with it; null if there is nothing to count
     */
    private Job decided(Job job, JobState from, JobState next, @Nullable JsonNode result) {
        Optional<Decision> decision = job.heldFrom() == from ? holds.of(job) : Optional.empty();
        if (decision.isEmpty()) {
            return job;
        }
        Failure held = job.failure();
        return switch (decision.get().action()) {
            case RELEASE -> (result == null ? job : counts(job, result)).release(next, clock.instant());
            case REJECT -> job.fail(HoldReasons.rejected(held == null ? "?" : held.code()), clock.instant());
        };
    }

    private void settleIfOver(Job job) {
        if (job.state().terminal() || job.state() == JobState.HELD) {
            settlement.settle(job);
        } else {
            settlement.decided(job);
        }
    }

    private void forwarded(Task task) {
        JsonNode counted = result(task);
        Plan plan = plans.require(task.job());
        Job known = counts(jobs.require(task.job()), counted);
        Optional<Failure> wrong = Stitched.undelivered(known, plan);
        if (wrong.isEmpty() && !known.state().terminal()) {
            sizes.delivered(known);
        }
        Job job = jobs.update(
                task.job(),
                now -> now.state().terminal()
                        ? now
                        : wrong.map(failure -> counts(now, counted).fail(failure, clock.instant()))
                                .orElseGet(() -> counts(now, counted).become(JobState.DELIVERED, clock.instant())));
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
        settlement.delayed(waits);
    }

    @Override
    public void resumed(Job job) {
        jobs.update(
                job.id(),
                now -> now.state() == JobState.WAITING ? now.become(JobState.FORWARDING, clock.instant()) : now);
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
