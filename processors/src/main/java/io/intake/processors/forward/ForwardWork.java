package io.intake.processors.forward;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.intake.config.Configuration;
import io.intake.config.Engine;
import io.intake.config.Feed;
import io.intake.processors.Json;
import io.intake.processors.forward.BatchReader.Lines;
import io.intake.processors.forward.EngineAnswer.Partly;
import io.intake.processors.forward.EngineAnswer.Refused;
import io.intake.processors.forward.EngineAnswer.Taken;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.join.Deliveries;
import io.intake.processors.join.Deliveries.Delivery;
import io.intake.processors.plan.PlanStore;
import io.intake.processors.task.StageWork;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.StepOutcome.Advanced;
import io.intake.processors.task.StepOutcome.Finished;
import io.intake.processors.task.StepOutcome.Waiting;
import io.intake.processors.task.Task;
import io.intake.processors.task.TimeBudget;
import io.intake.store.ConditionalWrites.Pause;
import io.intake.store.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Sends a job's records to its engine in the order of the plan, a batch a step, with a checkpoint after each
 * acknowledgement. At least once: a batch whose acknowledgement was lost is sent again under the same key.
 */
public final class ForwardWork implements StageWork<ForwardCursor> {
    /** A batch ends with the record that reaches this; engines take bodies of about 10 MB. */
    private static final int MAX_BATCH_BYTES = 8 << 20;

    private final PlanStore plans;
    private final Deliveries deliveries;
    private final BatchReader batches;
    private final EngineClient engines;
    private final Supplier<Configuration> configuration;
    private final RetryPolicy policy;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Pause pause;

    /**
     * @param configuration the engines as they are configured now, so that a corrected address helps jobs that wait
     * @param pause waits between two tries within a step
     */
    public ForwardWork(
            ObjectStore store,
            PlanStore plans,
            Deliveries deliveries,
            EngineClient engines,
            Supplier<Configuration> configuration,
            RetryPolicy policy,
            InstantSource clock,
            RandomGenerator random,
            Pause pause) {
        this.plans = plans;
        this.deliveries = deliveries;
        this.batches = new BatchReader(store, MAX_BATCH_BYTES);
        this.engines = engines;
        this.configuration = configuration;
        this.policy = policy;
        this.clock = clock;
        this.random = random;
        this.pause = pause;
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
    public StepOutcome<ForwardCursor> step(Job job, Task task, ForwardCursor cursor, TimeBudget budget) {
        List<Delivery> objects = deliveries.of(job, plans.require(job.id()));
        ForwardCursor at = cursor;
        while (at.table() < objects.size()) {
            Delivery object = objects.get(at.table());
            Lines lines = next(job.requireFeed(), object, at);
            if (lines.records() > 0) {
                Batch batch = job.requireFeed().files() == null
                        ? Batch.ofLines(at.batches() + 1, object.table(), at.row(), lines.bytes())
                        : Batch.whole(at.batches() + 1, object.table(), lines.bytes());
                return deliver(job, object, batch, lines, at, budget);
            }
            at = at.nextTable();
        }
        ObjectNode result = Json.mapper().createObjectNode();
        return new Finished<>(result.put("delivered", at.delivered()).put("batches", at.batches()));
    }

    private Lines next(Feed feed, Delivery object, ForwardCursor at) {
        return feed.files() == null
                ? batches.read(object.key(), at.offset(), feed.batch())
                : batches.whole(object.key());
    }

    private StepOutcome<ForwardCursor> deliver(
            Job job, Delivery object, Batch batch, Lines lines, ForwardCursor cursor, TimeBudget budget) {
        Engine engine = configuration.get().engines().get(job.requireFeed().engine());
        if (engine == null) {
            return later(cursor, new Unavailable("ENGINE_NOT_CONFIGURED", null, false));
        }
        for (int attempt = 1; ; attempt++) {
            switch (engines.send(engine, job, batch)) {
                case Taken ignored -> {
                    ForwardCursor next = cursor.acknowledged(lines.end(), batch.records());
                    return new Advanced<>(lines.last() ? next.nextTable() : next, true);
                }
                case Refused(String code) -> {
                    return new StepOutcome.Refused<>(refusal(batch, code));
                }
                case Partly partly -> {
                    // Where it ends in the table is known only by reading so many records again
                    long end = batches.read(object.key(), cursor.offset(), partly.taken())
                            .end();
                    return new Advanced<>(cursor.acknowledged(end, partly.taken()), true);
                }
                case Unavailable unavailable -> {
                    Duration delay = policy.soon(attempt, random);
                    boolean again = unavailable.soon()
                            && unavailable.retryAfter() == null
                            && attempt < policy.soonTries()
                            && budget.remaining().compareTo(delay.plus(engine.timeout())) > 0;
                    if (!again) {
                        return later(cursor, unavailable);
                    }
                    pause.pause(delay);
                }
            }
        }
    }

    private StepOutcome<ForwardCursor> later(ForwardCursor cursor, Unavailable unavailable) {
        Instant now = clock.instant();
        ForwardCursor waited = cursor.waited(now);
        Instant since = waited.outOfReachSince();
        if (since != null && now.isAfter(since.plus(policy.giveUp()))) {
            return new StepOutcome.Refused<>(Failure.broken(
                    "ENGINE_OUT_OF_REACH",
                    "The system behind us did not take the file's records for "
                            + policy.giveUp().toHours() + " hours.",
                    "Nothing to do on your side: our engineers are informed and the file is kept."));
        }
        Duration delay =
                unavailable.retryAfter() != null ? unavailable.retryAfter() : policy.wait(cursor.waits(), random);
        return new Waiting<>(waited, now.plus(delay), unavailable.code());
    }

    private static Failure refusal(Batch batch, String code) {
        return Failure.broken(
                "ENGINE_REFUSED_RECORDS",
                "The system behind us refused batch %d, of %d records, with %s; what came before it was taken."
                        .formatted(batch.number(), batch.records(), code),
                "Our engineers are informed and the file is kept. They will tell you if the file must be corrected.");
    }
}
