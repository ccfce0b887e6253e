package io.intake.processors.task;

import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;

/**
 * What the runner tells the job machine. Each may be told more than once, also after a crash half way, and by two
 * invocations at once: it must come to the same each time.
 */
public interface StageEvents {

    /** A task has its done mark. */
    void done(Task task);

    /** The job must end. */
    void refused(Job job, Failure failure);

    /** The job has ended: what its end calls for may not have been written yet. */
    void ended(Job job);

    /** The work waits for the engine. */
    void waiting(Job job, String reason);

    /** The work goes on after waiting. */
    void resumed(Job job);

    /**
     * An invocation has taken a task and begins to work on it.
     *
     * @param attempt the number of claims since the last progress, this one included
     */
    default void claimed(Job job, Task task, int attempt) {}
}
