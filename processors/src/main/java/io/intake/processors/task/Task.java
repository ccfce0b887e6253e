package io.intake.processors.task;

import io.intake.bucket.Stage;

/**
 * One unit of work; its object under {@code tasks/} starts the stage's function and is deleted when the work is done, so
 * that whatever lies there is still to do.
 *
 * @param stage whose work
 * @param job whose file
 * @param number within the stage
 * @param round how often the object was written: a continuation writes it again
 */
public record Task(Stage stage, String job, int number, int round) {

    public Task nextRound() {
        return new Task(stage, job, number, round + 1);
    }
}
