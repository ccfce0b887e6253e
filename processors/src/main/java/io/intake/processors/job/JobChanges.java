package io.intake.processors.job;

import org.jspecify.annotations.Nullable;

/**
 * Is told of each change of a job's record once it is written: of each change once, by who made it, but not of one whose
 * writer died at that instant. Implementations are thread-safe and do not throw.
 */
@FunctionalInterface
public interface JobChanges {
    /** Where nobody listens. */
    JobChanges NONE = (before, after) -> {};

    /**
     * A record was written.
     *
     * @param before null for a job that has just been opened
     */
    void changed(@Nullable Job before, Job after);
}
