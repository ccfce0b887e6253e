package io.intake.processors.task;

import io.intake.bucket.Stage;
import java.util.Set;

/**
 * Opens the tasks of a stage, so many at a time that one large file leaves room for others. Whoever finishes a task opens what
 * comes next; two who do so at once open the same. Thread-safe, also across processes.
 */
public final class FanOut {
    private final TaskStore tasks;
    private final DoneMarks marks;

    public FanOut(TaskStore tasks, DoneMarks marks) {
        this.tasks = tasks;
        this.marks = marks;
    }

    /**
     * Opens tasks that are neither open nor done, in the order of their numbers, until so many are open.
     *
     * @param first the first number
     * @param end behind the last number
     * @param width how many may be open at once; where all may, nothing is listed
     */
    public void open(Stage stage, String job, int first, int end, int width) {
        if (end - first <= width) {
            for (int number = first; number < end; number++) {
                tasks.open(stage, job, number);
            }
            return;
        }
        // in this order: what ends in between is seen as done
        Set<Integer> open = tasks.open(stage, job);
        Set<Integer> done = marks.numbers(stage, job);
        long doneHere =
                done.stream().filter(number -> number >= first && number < end).count();
        int allowed = (int) Math.min(end, first + doneHere + width);
        for (int number = first; number < allowed; number++) {
            if (!open.contains(number) && !done.contains(number)) {
                tasks.open(stage, job, number);
            }
        }
    }
}
