package io.intake.processors.machine;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.Stage;
import io.intake.processors.hold.Decision;
import io.intake.processors.hold.HoldReasons;
import io.intake.processors.hold.Holds;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.task.DoneMarks;
import io.intake.processors.task.FanOut;
import io.intake.processors.task.Task;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is the same whichever stage a job comes from. Each may be done again. Thread-safe, also across processes. */
final class Steps {
    private final JobStore jobs;
    private final FanOut fanOut;
    private final DoneMarks marks;
    private final Settlement settlement;
    private final Holds holds;
    private final InstantSource clock;

    Steps(JobStore jobs, FanOut fanOut, DoneMarks marks, Settlement settlement, Holds holds, InstantSource clock) {
        this.jobs = jobs;
        this.fanOut = fanOut;
        this.marks = marks;
        this.settlement = settlement;
        this.holds = holds;
        this.clock = clock;
    }

    /**
     * A job that is held, after a person has decided about it.
     *
     * @param from the state it must have been held from; another one's tasks are no news for it
     * @param result of the task that goes with it; null if there is nothing to count
     */
    Job decided(Job job, JobState from, JobState next, @Nullable JsonNode result) {
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

    /** Tells people of a job that has ended or is held, or that it is held no longer. */
    void settleIfOver(Job job) {
        if (job.state().terminal() || job.state() == JobState.HELD) {
            settlement.settle(job);
        } else {
            settlement.decided(job);
        }
    }

    /** Ends a job, unless it has ended, and tells people. */
    void refused(Job job, Failure failure) {
        settlement.settle(
                jobs.update(job.id(), now -> now.state().terminal() ? now : now.fail(failure, clock.instant())));
    }

    /** Opens tasks 1 to a number, a few at a time, unless the job is past them. */
    void open(Job job, JobState during, Stage stage, int count) {
        if (job.state() == during) {
            fanOut.open(stage, job.id(), 1, count + 1, job.requireFeed().parallel());
        }
    }

    /** Opens what comes next when a task of a stage has ended; where all were opened at once, there is nothing to ask for. */
    void openNext(Task ended, JobState during, int count) {
        if (count > 1) {
            Job job = jobs.require(ended.job());
            if (count > job.requireFeed().parallel()) {
                open(job, during, ended.stage(), count);
            }
        }
    }

    /** What a finished task came to. */
    JsonNode result(Task task) {
        return marks.find(task.stage(), task.job(), task.number())
                .orElseThrow(() -> new IllegalStateException("a finished task of " + task.job() + " has no done mark"));
    }

    /** Takes over the numbers of a result. */
    static Job counts(Job job, JsonNode result) {
        Job counted = job;
        for (var field : result.properties()) {
            if (field.getValue().isIntegralNumber()) {
                counted = counted.withCount(field.getKey(), field.getValue().longValue());
            }
        }
        return counted;
    }
}
