package io.intake.processors.join;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.processors.Json;
import io.intake.processors.job.Job;
import io.intake.processors.plan.PlanStore;
import io.intake.processors.quality.RejectsWork;
import io.intake.processors.task.StageWork;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.Task;
import io.intake.processors.task.TimeBudget;

/**
 * The stitch stage as a whole: tasks up to the plan's groups make tables; those behind them join tables; task 0, which comes
 * last, makes the rejects file. Thread-safe.
 */
public final class StitchStage implements StageWork<JsonNode> {
    private final PlanStore plans;
    private final KeyedTables tables;
    private final JoinWork joins;
    private final RejectsWork rejects;

    StitchStage(PlanStore plans, KeyedTables tables, JoinWork joins, RejectsWork rejects) {
        this.plans = plans;
        this.tables = tables;
        this.joins = joins;
        this.rejects = rejects;
    }

    @Override
    public Class<JsonNode> cursorType() {
        return JsonNode.class;
    }

    @Override
    public JsonNode begin(Job job, Task task) {
        return json(work(job, task).begin(job, task));
    }

    @Override
    public StepOutcome<JsonNode> step(Job job, Task task, JsonNode cursor, TimeBudget budget) {
        return step(work(job, task), job, task, cursor, budget);
    }

    private static <C> StepOutcome<JsonNode> step(
            StageWork<C> work, Job job, Task task, JsonNode cursor, TimeBudget budget) {
        C own = Json.mapper().convertValue(cursor, work.cursorType());
        return switch (work.step(job, task, own, budget)) {
            case StepOutcome.Advanced<C>(C next, boolean progress) -> new StepOutcome.Advanced<>(json(next), progress);
            case StepOutcome.Waiting<C> waiting ->
                new StepOutcome.Waiting<>(json(waiting.cursor()), waiting.until(), waiting.reason());
            case StepOutcome.Finished<C>(JsonNode result) -> new StepOutcome.Finished<>(result);
            case StepOutcome.Refused<C> refused -> new StepOutcome.Refused<>(refused.failure());
        };
    }

    private StageWork<?> work(Job job, Task task) {
        if (task.number() == 0) {
            return rejects;
        }
        boolean table = job.requireFeed().stitch() == null
                || task.number() <= plans.require(job.id()).groups().size();
        return table ? tables : joins;
    }

    private static JsonNode json(Object cursor) {
        return Json.mapper().valueToTree(cursor);
    }
}
