package io.intake.processors.unzip;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.Stage;
import io.intake.processors.Json;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.Task;
import io.intake.processors.task.TimeBudget;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Runs tasks as the task runner does: from a checkpoint that outlives the worker, saved as JSON after each step. */
final class Driver {
    static final TimeBudget AMPLE = () -> Duration.ofMinutes(10);

    private final Job job;
    private final Map<Integer, byte[]> checkpoints = new HashMap<>();
    final Map<Integer, JsonNode> results = new TreeMap<>();

    @Nullable
    Failure failure;

    int steps;
    int stepsWithProgress;

    Driver(Job job) {
        this.job = job;
    }

    /** Runs what is not done of all tasks; a kill leaves checkpoints and results as they are. */
    void run(UnzipWork work, TimeBudget budget) {
        runTask(work, 0, budget);
        for (int task = 1; failure == null && task <= result(0).get("segments").asInt(); task++) {
            runTask(work, task, budget);
        }
    }

    private void runTask(UnzipWork work, int number, TimeBudget budget) {
        Task task = task(number);
        while (failure == null && !results.containsKey(number)) {
            byte[] saved = checkpoints.get(number);
            UnzipCursor cursor = saved == null ? work.begin(job, task) : Json.read(saved, work.cursorType());
            steps++;
            switch (work.step(job, task, cursor, budget)) {
                case StepOutcome.Advanced<UnzipCursor> advanced -> {
                    checkpoints.put(number, Json.bytes(advanced.cursor()));
                    stepsWithProgress += advanced.progress() ? 1 : 0;
                }
                case StepOutcome.Finished<UnzipCursor> finished -> results.put(number, finished.result());
                case StepOutcome.Refused<UnzipCursor> refused -> failure = refused.failure();
                case StepOutcome.Waiting<UnzipCursor> ignored ->
                    throw new AssertionError("this stage waits for nobody");
            }
        }
    }

    JsonNode result(int task) {
        return Objects.requireNonNull(results.get(task));
    }

    Task task(int number) {
        return new Task(Stage.UNZIP, job.id(), number, 1);
    }
}
