package io.intake.processors.order;

import io.intake.processors.job.Job;

/** Knows of uploads that nobody has dealt with yet, because their event is late or lost. Thread-safe. */
public interface Arrivals {

    /** Whether there is an upload of the same feed, not later than the job's, that has no job yet. */
    boolean anyBefore(Job job);
}
