package io.intake.processors.hold;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.processors.hold.Decision.Action;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.task.TaskStore;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Operators' decisions on jobs that are held. A decision is one object, created if there is none: of two operators at once
 * the first decides. Then the task is opened whose end takes the job on; a kill between the two is made good by deciding
 * the same again. Thread-safe, also across processes.
 */
public final class Holds {
    private final Records records;
    private final JobStore jobs;
    private final TaskStore tasks;
    private final InstantSource clock;

    public Holds(Records records, JobStore jobs, TaskStore tasks, InstantSource clock) {
        this.records = records;
        this.jobs = jobs;
        this.tasks = tasks;
        this.clock = clock;
    }

    /** What came of deciding. */
    public sealed interface Outcome {
        /** The decision stands, by this call or an equal one before it; the job goes on. */
        record Decided(Decision decision) implements Outcome {}

        /** Another decision was made before. */
        record Contradicts(Decision decision) implements Outcome {}

        /** The job is not held. */
        record NotHeld(JobState state) implements Outcome {}

        /** There is no such job. */
        record Unknown() implements Outcome {}
    }

    /**
     * Decides about a job that is held.
     *
     * @param by who decides
     */
    public Outcome decide(String id, Action action, String by) {
        Optional<Job> found = jobs.find(id);
        if (found.isEmpty()) {
            return new Outcome.Unknown();
        }
        Job job = found.get();
        if (job.state() != JobState.HELD) {
            return new Outcome.NotHeld(job.state());
        }
        Decision wanted = new Decision(action, by, clock.instant());
        Decision made = records.create(key(job), wanted)
                .map(Versioned::value)
                .or(() -> of(job))
                .orElseThrow(() -> new IllegalStateException("the decision on job " + id + " is gone"));
        if (made.action() != action) {
            return new Outcome.Contradicts(made);
        }
        tasks.open(job.heldFrom() == JobState.STITCHING ? Stage.STITCH : Stage.UNZIP, id, 0);
        return new Outcome.Decided(made);
    }

    /** The decision on a job that is held; empty while there is none. */
    public Optional<Decision> of(Job job) {
        return job.state() == JobState.HELD
                ? records.find(key(job), Decision.class).map(Versioned::value)
                : Optional.empty();
    }

    /** A job can be held more than once: each has its number. */
    private static String key(Job job) {
        return BucketLayout.decision(job.id(), job.history().size());
    }
}
