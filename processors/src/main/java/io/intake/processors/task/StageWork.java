package io.intake.processors.task;

import io.intake.processors.job.Job;

/**
 * A stage's work, in steps. A step may be killed at any instant and run again from the last saved cursor, by another
 * invocation, even while the first still runs: its effects must be the same each time. Thread-safe: one instance serves all
 * tasks of a function.
 *
 * @param <C> see {@link StepOutcome}
 */
public interface StageWork<C> {

    Class<C> cursorType();

    /** Where a task begins. */
    C begin(Job job, Task task);

    /**
     * Does one bounded step: what a crash loses is a step.
     *
     * @param budget to look at where a step could be long
     * @throws io.intake.processors.job.RefusedException as {@link StepOutcome.Refused}
     * @throws io.intake.store.StoreException if the store fails: the invocation ends and is tried again
     */
    StepOutcome<C> step(Job job, Task task, C cursor, TimeBudget budget);

    /**
     * Whether the next step may begin while what the last one came to is still being saved. Then a crash loses two steps, so
     * that both may be done twice: nothing that the next step does may rest on what is saved. What it comes to is saved, or
     * acted on, only when the step before it is.
     *
     * @param cursor as the last step returned it
     */
    default boolean goesOn(C cursor) {
        return false;
    }

    /** The same work for one run of a task, whose end it is told of: for what it holds meanwhile. Used by one thread at a time. */
    default StageWork<C> forRun() {
        return this;
    }

    /**
     * The run ends, and what it has saved is saved; not called if the process dies. Never throws for the store's sake.
     *
     * <p>Only of what {@link #forRun} gave.
     */
    default void leave() {}
}
