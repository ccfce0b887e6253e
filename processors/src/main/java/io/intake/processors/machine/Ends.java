package io.intake.processors.machine;

import io.intake.processors.job.Job;

/** Is told of jobs that have ended; each may be told more than once. Thread-safe. */
@FunctionalInterface
public interface Ends {

    /** A job's record says that it has ended. */
    void over(Job job);
}
