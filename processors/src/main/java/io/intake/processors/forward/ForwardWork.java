package io.intake.processors.forward;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.intake.config.Configuration;
import io.intake.config.Engine;
import io.intake.config.Feed;
import io.intake.config.MllpTarget;
import io.intake.processors.Json;
import io.intake.processors.forward.BatchReader.Lines;
import io.intake.processors.forward.EngineAnswer.Partly;
import io.intake.processors.forward.EngineAnswer.Refused;
import io.intake.processors.forward.EngineAnswer.Taken;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.HandOver.Handed;
import io.intake.processors.forward.HandOver.Piece;
import io.intake.processors.forward.hl7.MessageReader;
import io.intake.processors.forward.hl7.MessageReader.Messages;
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
    private final MessageReader messages;
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
        this.messages = new MessageReader(store, MAX_BATCH_BYTES);
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
        Engine engine = configuration.get().engines().get(job.requireFeed().engine());
        if (engine != null && engines.takesObjects(engine)) {
            return handOver(job, engine, objects, cursor);
        }
        ForwardCursor at = cursor;
        while (at.table() < objects.size()) {
            Delivery object = objects.get(at.table());
            Cut cut = cut(job.requireFeed(), object, at, job.requireFeed().batch());
            if (cut.batch().records() > 0) {
                return deliver(job, object, cut, at, budget);
            }
            at = at.nextTable();
        }
        return finished(job, objects, at);
    }

    private static StepOutcome<ForwardCursor> finished(Job job, List<Delivery> objects, ForwardCursor at) {
        ObjectNode result = Json.mapper().createObjectNode();
        if (job.requireFeed().files() != null && at.delivered() != objects.size()) {
            // Records of files are their messages; that all files were delivered is what is checked
            result.put("messages", at.delivered());
        }
        long delivered = job.requireFeed().files() == null ? at.delivered() : objects.size();
        return new Finished<>(result.put("delivered", delivered).put("batches", at.batches()));
    }

    private StepOutcome<ForwardCursor> handOver(Job job, Engine engine, List<Delivery> objects, ForwardCursor at) {
        if (at.table() == objects.size()) {
            return switch (engines.finish(engine, job)) {
                case Handed.Not(Unavailable answer) -> later(at, answer);
                case Handed.More ignored -> finished(job, objects, at);
                case Handed.Done ignored -> finished(job, objects, at);
            };
        }
        Delivery object = objects.get(at.table());
        Piece piece = new Piece(job, at.table(), object.table(), object.key(), at.offset(), at.row());
        return switch (engines.hand(engine, piece)) {
            case Handed.Not(Unavailable answer) -> later(at, answer);
            case Handed.More(long offset, int count) -> new Advanced<>(at.acknowledged(offset, count), true);
            case Handed.Done(int count) ->
                new Advanced<>(at.acknowledged(at.offset(), count).nextTable(), true);
        };
    }

    /** A batch, where the next one begins in its object, and whether the object has no more. */
    private record Cut(Batch batch, long end, boolean last) {}

    private Cut cut(Feed feed, Delivery object, ForwardCursor at, int maxRecords) {
        int number = at.batches() + 1;
        if (feed.files() == null) {
            Lines lines = batches.read(object.key(), at.offset(), maxRecords);
            return new Cut(Batch.ofLines(number, object.table(), at.row(), lines.bytes()), lines.end(), lines.last());
        }
        Engine engine = configuration.get().engines().get(feed.engine());
        if (engine != null && engine.target() instanceof MllpTarget) {
            Messages some = messages.read(object.key(), at.offset(), maxRecords);
            return new Cut(
                    Batch.ofMessages(number, object.table(), at.row(), some.bytes(), some.ends()), some.end(), false);
        }
        Lines file = batches.whole(object.key());
        return new Cut(Batch.whole(number, object.table(), file.bytes()), file.end(), file.last());
    }

    private StepOutcome<ForwardCursor> deliver(
            Job job, Delivery object, Cut cut, ForwardCursor cursor, TimeBudget budget) {
        Batch batch = cut.batch();
        Engine engine = configuration.get().engines().get(job.requireFeed().engine());
        if (engine == null) {
            return later(cursor, new Unavailable("ENGINE_NOT_CONFIGURED", null, false));
        }
        for (int attempt = 1; ; attempt++) {
            switch (engines.send(engine, job, batch)) {
                case Taken ignored -> {
                    ForwardCursor next = cursor.acknowledged(cut.end(), batch.records());
                    return new Advanced<>(cut.last() ? next.nextTable() : next, true);
                }
                case Refused(String code) -> {
                    return new StepOutcome.Refused<>(refusal(batch, code));
                }
                case Partly partly -> {
                    // Where it ends in the table is known only by reading so many records again
                    long end = cut(job.requireFeed(), object, cursor, partly.taken())
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
