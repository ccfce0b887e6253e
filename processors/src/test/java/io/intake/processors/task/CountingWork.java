package io.intake.processors.task;

import io.intake.processors.job.Job;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.IntPredicate;

/**
 * Work that counts, from 0.
 *
 * @param steps from where steps began, in order
 * @param step what one comes to
 * @param ahead behind which counts the next step need not wait
 */
record CountingWork(List<Integer> steps, BiFunction<Integer, TimeBudget, StepOutcome<Integer>> step, IntPredicate ahead)
        implements StageWork<Integer> {
    CountingWork(BiFunction<Integer, TimeBudget, StepOutcome<Integer>> step) {
        this(new ArrayList<>(), step, count -> false);
    }

    @Override
    public Class<Integer> cursorType() {
        return Integer.class;
    }

    @Override
    public Integer begin(Job job, Task task) {
        return 0;
    }

    @Override
    public StepOutcome<Integer> step(Job job, Task task, Integer cursor, TimeBudget budget) {
        steps.add(cursor);
        return step.apply(cursor, budget);
    }

    @Override
    public boolean goesOn(Integer cursor) {
        return ahead.test(cursor);
    }
}
