package io.intake.processors.replay;

import io.intake.bucket.Stage;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.job.Runs;
import io.intake.processors.job.Runs.Replay;
import io.intake.processors.job.Runs.Replayed;
import io.intake.processors.task.TaskStore;

/** Starts a replay whose record is there, or brings what was begun of that to its end. Thread-safe, also across processes. */
public final class ReplayStart {
    private final JobStore jobs;
    private final TaskStore tasks;

    public ReplayStart(JobStore jobs, TaskStore tasks) {
        this.jobs = jobs;
        this.tasks = tasks;
    }

    /** Tells the former job of its replay, and then starts that; repeating it changes nothing. */
    public Job begin(Job job) {
        Replay replay = job.replay();
        if (replay == null) {
            throw new IllegalArgumentException("job " + job.id() + " is no replay");
        }
        Job former = jobs.update(
                replay.of(),
                now -> now.replayed() == null
                        ? now.with(new Runs(now.replay(), new Replayed(job.id(), replay.by(), replay.at())))
                        : now);
        Replayed known = former.replayed();
        if (known != null && known.as().equals(job.id()) && job.state() == JobState.RECEIVED) {
            tasks.open(Stage.UNZIP, job.id(), 0);
        }
        return job;
    }
}
