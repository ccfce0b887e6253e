package io.intake.processors.forward;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.intake.config.Engine;
import io.intake.config.Feed;
import io.intake.config.MllpTarget;
import io.intake.processors.Json;
import io.intake.processors.forward.BatchReader.Lines;
import io.intake.processors.forward.hl7.MessageReader.Messages;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.join.Deliveries;
import io.intake.processors.join.Deliveries.Delivery;
import io.intake.processors.plan.Plan;
import io.intake.processors.quality.RejectsWork;
import io.intake.processors.task.StageWork;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.StepOutcome.Advanced;
import io.intake.processors.task.StepOutcome.Finished;
import io.intake.processors.task.StepOutcome.Refused;
import io.intake.processors.task.StepOutcome.Waiting;
import io.intake.processors.task.Task;
import io.intake.processors.task.TimeBudget;
import io.intake.store.StoreException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One run of {@link ForwardWork}: which records are next, and what has come of a batch. Used by one thread at a time. */
final class ForwardRun implements StageWork<ForwardCursor> {
    /** Who waits for a turn is started by whoever had it. This is for when that died. */
    private static final Duration FORGOTTEN = Duration.ofMinutes(10);

    private final ForwardWork.Parts parts;
    private final BatchReader reader;
    private final Refusals refusals;
    private @Nullable Sender sender;
    private @Nullable Job waitsForTurn;
    private @Nullable Next cut;
    private boolean dropsRepeats;

    ForwardRun(ForwardWork.Parts parts) {
        this.parts = parts;
        this.reader = new BatchReader(parts.store(), ForwardWork.MAX_BATCH_BYTES);
        this.refusals = new Refusals(parts.store());
    }

    /** The next batch, and where it lies. */
    private record Next(int table, long offset, Lines lines, Batch batch) {}

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
        if (cursor.log().size() >= DeliveryLog.PER_OBJECT) {
            parts.log().write(job.id(), cursor);
            return new Advanced<>(cursor.withLogWritten(), true);
        }
        ForwardCursor at = cursor;
        if (!at.turn() && job.requireFeed().delivery().ordered()) {
            if (!parts.turns().take(job)) {
                waitsForTurn = job;
                Duration wait = FORGOTTEN.plusMillis(parts.random().nextLong(FORGOTTEN.toMillis()));
                return new Waiting<>(at, parts.clock().instant().plus(wait), null);
            }
            at = at.onTurn();
        }
        List<Delivery> objects = parts.deliveries().of(job, parts.plans().require(job.id()));
        Engine engine =
                parts.configuration().get().engines().get(job.requireFeed().engine());
        if (engine != null && parts.engines().takesObjects(engine)) {
            return new WholeObjects(parts.store(), parts.engines()).step(job, engine, sender(job), objects, at, budget);
        }
        dropsRepeats = engine != null
                && engine.target().dropsRepeats()
                && !job.requireFeed().delivery().ordered();
        while (at.table() < objects.size()) {
            Next next = next(job.requireFeed(), objects.get(at.table()), at);
            if (next.lines().records() > 0) {
                return deliver(job, next, at, budget);
            }
            at = at.nextTable();
        }
        return at.refused() > 0 ? giveBack(job, task, at, budget) : finished(job, at);
    }

    /** The next batch; that of a step before where it is the same, because it is sent in parts. */
    private Next next(Feed feed, Delivery object, ForwardCursor at) {
        Next before = cut;
        if (before != null && before.table() == at.table() && before.offset() == at.offset()) {
            return before;
        }
        if (takesMessages(feed)) {
            Messages some = parts.messages().read(object.key(), at.offset(), feed.batch());
            Batch messages = Batch.ofMessages(at.batches() + 1, object.table(), at.row(), some.bytes(), some.ends());
            return new Next(
                    at.table(), at.offset(), new Lines(some.bytes(), some.ends().length, some.end(), false), messages);
        }
        Lines lines = feed.files() == null
                ? reader.read(object.key(), at.offset(), feed.batch())
                : reader.whole(object.key());
        Batch batch = feed.files() == null
                ? Batch.ofLines(at.batches() + 1, object.table(), at.row(), lines.bytes())
                : Batch.whole(at.batches() + 1, object.table(), lines.bytes());
        return new Next(at.table(), at.offset(), lines, batch);
    }

    /** Whether files are delivered message by message. */
    private boolean takesMessages(Feed feed) {
        Engine engine = parts.configuration().get().engines().get(feed.engine());
        return feed.files() != null && engine != null && engine.target() instanceof MllpTarget;
    }

    private StepOutcome<ForwardCursor> deliver(Job job, Next next, ForwardCursor at, TimeBudget budget) {
        Split split = at.split() == null ? Split.of(next.batch().records()) : at.split();
        if (split.isOver()) {
            // Only now, when it is saved which they are
            refusals.write(job, at.table(), next.batch(), split);
            return new Advanced<>(behind(next, at), true);
        }
        return switch (sender(job).send(next.batch(), split, at, budget)) {
            case Sender.Result.Later(StepOutcome<ForwardCursor> outcome) -> outcome;
            case Sender.Result.Over ignored -> throw new IllegalStateException("it is a batch");
            case Sender.Result.Known(ForwardCursor known, Split now) -> {
                cut = now.isOver() ? null : next;
                if (tooMany(job, known, now)) {
                    yield new Refused<>(refusal(next.batch(), now));
                }
                yield new Advanced<>(
                        now.isOver() && now.refused().isEmpty() ? behind(next, known) : known.with(now), true);
            }
        };
    }

    /**
     * Behind a batch that was taken whole, the next may be sent. Not where what follows is made of what is saved: an object of
     * the log, or a file of refused records.
     */
    @Override
    public boolean goesOn(ForwardCursor cursor) {
        return dropsRepeats
                && cursor.split() == null
                && cursor.refused() == 0
                && cursor.log().size() < DeliveryLog.PER_OBJECT;
    }

    private Sender sender(Job job) {
        Sender known = sender == null ? new Sender(parts, job) : sender;
        sender = known;
        return known;
    }

    private static ForwardCursor behind(Next next, ForwardCursor at) {
        ForwardCursor behind = at.nextBatch(next.lines().end(), next.batch().records());
        return next.lines().last() ? behind.nextTable() : behind;
    }

    /** Of files of messages, those of this file and of the files before it: how many come behind it is not known yet. */
    private long expected(Job job, ForwardCursor known) {
        Plan plan = parts.plans().require(job.id());
        if (!takesMessages(job.requireFeed())) {
            return Deliveries.expected(job, plan);
        }
        long before = known.delivered() + known.refused() - known.row();
        String key = parts.deliveries().of(job, plan).get(known.table()).key();
        return Math.max(0, before) + parts.messages().count(key);
    }

    private boolean tooMany(Job job, ForwardCursor known, Split now) {
        long refused = known.refused() + now.refused().size();
        if (now.refused().isEmpty()) {
            return false;
        }
        long expected = expected(job, known);
        // An engine that refuses every record is at fault, not the records
        return refused >= expected || job.requireFeed().delivery().exceeded(expected, refused);
    }

    private static Failure refusal(Batch batch, Split split) {
        return Failure.broken(
                "ENGINE_REFUSED_RECORDS",
                "The system behind us refuses too many records, the last one in batch %d, of %d records, with %s; others were taken before it."
                        .formatted(
                                batch.number(),
                                batch.records(),
                                split.refused().getLast().code()),
                "Our engineers are informed and the file is kept. They will tell you if the file must be corrected.");
    }

    /** Puts the refused records together for their sender. */
    private StepOutcome<ForwardCursor> giveBack(Job job, Task task, ForwardCursor at, TimeBudget budget) {
        RejectsWork.Cursor before = at.rejects() == null ? RejectsWork.Cursor.START : at.rejects();
        return switch (parts.refusals().step(job, task, before, budget)) {
            case Advanced<RejectsWork.Cursor>(RejectsWork.Cursor next, boolean progress) ->
                new Advanced<>(at.with(next), progress);
            case Waiting<RejectsWork.Cursor> waiting ->
                new Waiting<>(at.with(waiting.cursor()), waiting.until(), waiting.reason());
            case Refused<RejectsWork.Cursor>(Failure failure) -> new Refused<>(failure);
            case Finished<RejectsWork.Cursor>(JsonNode result) ->
                result.path("rejects").longValue() == at.refused()
                        ? finished(job, at)
                        : new Refused<>(Failure.broken(
                                "COUNTS_DIFFER",
                                "Not every record that was refused is in the file of refused records.",
                                "Nothing to do on your side: our engineers are informed and the file is kept."));
        };
    }

    private StepOutcome<ForwardCursor> finished(Job job, ForwardCursor at) {
        ObjectNode result = Json.mapper().createObjectNode();
        result.put("delivered", at.delivered()).put("batches", at.batches());
        if (at.refused() > 0) {
            result.put("refused", at.refused());
        }
        if (takesMessages(job.requireFeed())) {
            result.put("messages", at.delivered() + at.refused());
        }
        return new Finished<>(result);
    }

    @Override
    public void leave() {
        reader.close();
        if (sender != null) {
            sender.leave();
        }
        Job waits = waitsForTurn;
        if (waits != null) {
            try {
                // It may have come while this job was about to wait, and who had it did not see that
                if (parts.turns().take(waits)) {
                    parts.wakeups().wake(waits.id());
                }
            } catch (StoreException outOfReach) {
                // The sweeper starts it when its time has come
            }
        }
    }
}
