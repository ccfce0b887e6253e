package io.intake.processors.unzip;

import io.intake.bucket.RecordNames;
import io.intake.processors.job.Job;
import io.intake.processors.task.StageWork;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.Task;
import io.intake.processors.task.TimeBudget;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** The unzip stage with the names of files sealed in what is kept between its steps. Thread-safe. */
public final class SealedUnzipWork implements StageWork<UnzipCursor> {
    private final UnzipWork work;
    private final RecordNames names;

    public SealedUnzipWork(UnzipWork work, RecordNames names) {
        this.work = work;
        this.names = names;
    }

    @Override
    public Class<UnzipCursor> cursorType() {
        return work.cursorType();
    }

    @Override
    public UnzipCursor begin(Job job, Task task) {
        return renamed(work.begin(job, task), name -> names.seal(job.id(), name));
    }

    @Override
    public StepOutcome<UnzipCursor> step(Job job, Task task, UnzipCursor cursor, TimeBudget budget) {
        return sealed(job, cursor, opened -> work.step(job, task, opened, budget));
    }

    /**
     * A step where an archive within another is worked on as if it were an upload.
     *
     * @param file what it is called, without its folders
     */
    public StepOutcome<UnzipCursor> step(Job job, Task task, UnzipCursor cursor, TimeBudget budget, String file) {
        return sealed(job, cursor, opened -> work.step(job, task, opened, budget, () -> file));
    }

    private StepOutcome<UnzipCursor> sealed(
            Job job, UnzipCursor cursor, Function<UnzipCursor, StepOutcome<UnzipCursor>> step) {
        UnaryOperator<String> seal = name -> names.seal(job.id(), name);
        UnzipCursor opened = renamed(cursor, name -> names.open(job.id(), name));
        return switch (step.apply(opened)) {
            case StepOutcome.Advanced<UnzipCursor>(UnzipCursor next, boolean progress) ->
                new StepOutcome.Advanced<>(renamed(next, seal), progress);
            case StepOutcome.Waiting<UnzipCursor> waiting ->
                new StepOutcome.Waiting<>(renamed(waiting.cursor(), seal), waiting.until(), waiting.reason());
            case StepOutcome.Finished<UnzipCursor> finished -> finished;
            case StepOutcome.Refused<UnzipCursor> refused -> refused;
        };
    }

    private static UnzipCursor renamed(UnzipCursor cursor, UnaryOperator<String> change) {
        StreamCursor stream = cursor.stream();
        return stream == null ? cursor : cursor.with(stream.renamed(change));
    }
}
