package io.intake.processors.forward;

import io.intake.config.Configuration;
import io.intake.processors.engine.EngineGate;
import io.intake.processors.engine.Wakeups;
import io.intake.processors.forward.hl7.MessageReader;
import io.intake.processors.job.Job;
import io.intake.processors.join.Deliveries;
import io.intake.processors.machine.Settlement;
import io.intake.processors.order.Turns;
import io.intake.processors.plan.PlanStore;
import io.intake.processors.quality.RejectsWork;
import io.intake.processors.task.StageWork;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.Task;
import io.intake.processors.task.TimeBudget;
import io.intake.store.ConditionalWrites.Pause;
import io.intake.store.ObjectStore;
import java.time.InstantSource;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Sends a job's records to its engine in the order of the plan, a batch a step, with a checkpoint after each
 * acknowledgement. At least once: a batch whose acknowledgement was lost is sent again under the same key. A batch that the
 * engine refuses is cut until the records at fault are alone; these go to their sender, the others to the engine.
 */
public final class ForwardWork implements StageWork<ForwardCursor> {
    /** A batch ends with the record that reaches this; engines take bodies of about 10 MB. */
    static final int MAX_BATCH_BYTES = 8 << 20;

    private final Parts parts;

    /**
     * What the stage works with.
     *
     * @param configuration the engines as they are configured now, so that a corrected address helps jobs that wait
     * @param gate decides who may send
     * @param turns of feeds whose files are delivered one after another
     * @param refusals makes the file of refused records
     * @param pause waits between two tries within a step
     * @param messages cuts files of messages
     */
    public record Parts(
            ObjectStore store,
            PlanStore plans,
            Deliveries deliveries,
            DeliveryLog log,
            EngineClient engines,
            EngineGate gate,
            Turns turns,
            Wakeups wakeups,
            RejectsWork refusals,
            Settlement settlement,
            Supplier<Configuration> configuration,
            RetryPolicy policy,
            InstantSource clock,
            RandomGenerator random,
            Pause pause,
            MessageReader messages) {

        /** The usual. */
        public Parts(
                ObjectStore store,
                PlanStore plans,
                Deliveries deliveries,
                DeliveryLog log,
                EngineClient engines,
                EngineGate gate,
                Turns turns,
                Wakeups wakeups,
                RejectsWork refusals,
                Settlement settlement,
                Supplier<Configuration> configuration,
                RetryPolicy policy,
                InstantSource clock,
                RandomGenerator random,
                Pause pause) {
            this(
                    store,
                    plans,
                    deliveries,
                    log,
                    engines,
                    gate,
                    turns,
                    wakeups,
                    refusals,
                    settlement,
                    configuration,
                    policy,
                    clock,
                    random,
                    pause,
                    new MessageReader(store, MAX_BATCH_BYTES));
        }
    }

    public ForwardWork(Parts parts) {
        this.parts = parts;
    }

    @Override
    public Class<ForwardCursor> cursorType() {
        return ForwardCursor.class;
    }

    @Override
    public ForwardCursor begin(Job job, Task task) {
        return ForwardCursor.START;
    }

    @Override
    public StageWork<ForwardCursor> forRun() {
        return new ForwardRun(parts);
    }

    /** As a run of one step. */
    @Override
    public StepOutcome<ForwardCursor> step(Job job, Task task, ForwardCursor cursor, TimeBudget budget) {
        StageWork<ForwardCursor> run = forRun();
        StepOutcome<ForwardCursor> outcome = run.step(job, task, cursor, budget);
        run.leave();
        return outcome;
    }
}
