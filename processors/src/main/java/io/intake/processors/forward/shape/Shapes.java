package io.intake.processors.forward.shape;

import io.intake.processors.forward.Batch;
import io.intake.processors.job.Job;

/**
 * Makes of a batch's records what an engine is sent, for all adapters alike. The same job and records always give the same
 * bytes, whatever became of the template since the job's first batch: what is sent again under a key means the same. Thread-safe.
 */
public interface Shapes {
    /** Records as they are: for feeds without a template. Those with one wait. */
    Shapes PLAIN = (job, batch) -> job.requireFeed().template() == null
            ? Shaped.Ready.plain(batch)
            : Shaped.Not.waiting(TemplateProblem.ABSENT);

    /**
     * Shapes a batch of records; files that are delivered as they are have no shape. Never throws for what a template or a
     * record is like.
     */
    Shaped of(Job job, Batch batch);
}
