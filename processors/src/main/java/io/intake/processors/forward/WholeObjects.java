package io.intake.processors.forward;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.intake.config.Engine;
import io.intake.processors.Json;
import io.intake.processors.forward.HandOver.Form;
import io.intake.processors.forward.HandOver.Handed;
import io.intake.processors.forward.HandOver.Piece;
import io.intake.processors.job.Job;
import io.intake.processors.join.Deliveries.Delivery;
import io.intake.processors.stitch.DelimitedTable;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.StepOutcome.Advanced;
import io.intake.processors.task.StepOutcome.Finished;
import io.intake.processors.task.TimeBudget;
import io.intake.store.ByteRange;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.ReadRequest;
import io.intake.store.TransientStoreException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The forward stage for engines that get whole objects. Lines of JSON are counted before they are handed over, because that
 * every row arrives is checked by their number: until all are counted the cursor's offset is how far that is, and behind
 * the object's end it goes on with what was handed over. Thread-safe.
 */
final class WholeObjects {
    /** Of lines that are counted in a step: seconds. */
    private static final long COUNTED_BYTES = 512L << 20;

    private final ObjectStore store;
    private final EngineClient engines;

    WholeObjects(ObjectStore store, EngineClient engines) {
        this.store = store;
        this.engines = engines;
    }

    StepOutcome<ForwardCursor> step(
            Job job, Engine engine, Sender sender, List<Delivery> objects, ForwardCursor at, TimeBudget budget) {
        if (at.table() == objects.size()) {
            return engines.hasEnd(engine)
                    ? end(sender.hand(engine, at, budget, () -> engines.finish(engine, job)), at)
                    : finished(at);
        }
        Delivery next = objects.get(at.table());
        ObjectInfo object =
                store.head(next.key()).orElseThrow(() -> new IllegalStateException("an object of this job is gone"));
        Form form = form(job, object);
        if (form == Form.LINES && at.offset() < object.size()) {
            return counted(object, at);
        }
        long begun = form == Form.LINES ? object.size() : 0;
        Piece piece = new Piece(job, at.table(), next.table(), object, form, at.offset() - begun, at.row());
        return outcome(sender.hand(engine, at, budget, () -> engines.hand(engine, piece)), at, begun);
    }

    private static Form form(Job job, ObjectInfo object) {
        if (job.requireFeed().files() != null) {
            return Form.FILE;
        }
        return DelimitedTable.TYPE.equals(object.contentType()) ? Form.ROWS : Form.LINES;
    }

    private static StepOutcome<ForwardCursor> outcome(Sender.Result result, ForwardCursor at, long begun) {
        return switch (result) {
            case Sender.Result.Later(StepOutcome<ForwardCursor> later) -> later;
            case Sender.Result.Over over -> new Advanced<>(handedOver(over, at, begun), true);
            case Sender.Result.Known ignored -> throw new IllegalStateException("it is no batch");
        };
    }

    private static ForwardCursor handedOver(Sender.Result.Over over, ForwardCursor at, long begun) {
        return switch (over.handed()) {
            // Lines are counted already, all of them when the last one is there
            case Handed.More(long offset, int records, String reference) ->
                logged(over, at, begun + offset, records, at.row(), records, reference);
            case Handed.Done(int records, String reference)
            when begun > 0 ->
                logged(over, at, at.offset(), records, 0, at.row(), reference).nextTable();
            case Handed.Done(int records, String reference) ->
                logged(over, at, at.offset(), records, at.row(), records, reference)
                        .nextTable();
            case Handed.Not ignored -> throw new IllegalStateException("it is to be tried again");
        };
    }

    /** @param listed how many records are there by themselves now, from {@code first} on; with 0 there is no line of the log */
    private static ForwardCursor logged(
            Sender.Result.Over over,
            ForwardCursor at,
            long behind,
            int records,
            long first,
            long listed,
            @Nullable String reference) {
        ForwardCursor next = at.handedOver(behind, records);
        return listed == 0
                ? next
                : next.logged(new Acknowledged(
                        at.acknowledgements() + 1,
                        next.batches(),
                        at.table(),
                        first,
                        listed,
                        null,
                        reference,
                        over.at(),
                        at.attempts() + over.attempts()));
    }

    private static StepOutcome<ForwardCursor> end(Sender.Result result, ForwardCursor at) {
        return switch (result) {
            case Sender.Result.Later(StepOutcome<ForwardCursor> later) -> later;
            case Sender.Result.Over ignored -> finished(at);
            case Sender.Result.Known ignored -> throw new IllegalStateException("it is no batch");
        };
    }

    private static StepOutcome<ForwardCursor> finished(ForwardCursor at) {
        ObjectNode result = Json.mapper().createObjectNode();
        return new Finished<>(result.put("delivered", at.delivered()).put("batches", at.batches()));
    }

    /** Asks nobody but our own bucket, so that it says nothing of the engine. */
    private StepOutcome<ForwardCursor> counted(ObjectInfo object, ForwardCursor at) {
        long length = Math.min(COUNTED_BYTES, object.size() - at.offset());
        ByteRange range = new ByteRange(at.offset(), length);
        try (ObjectContent content = store.read(new ReadRequest(object.key(), range, object.etag(), null))) {
            return new Advanced<>(at.counted(at.offset() + length, newlines(content.stream(), length)), true);
        } catch (IOException lost) {
            throw new TransientStoreException("read", object.key(), "connection lost", lost);
        }
    }

    private static int newlines(InputStream stream, long length) throws IOException {
        byte[] buffer = new byte[1 << 16];
        int count = 0;
        long left = length;
        while (left > 0) {
            int read = stream.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                throw new EOFException("the stream ends early");
            }
            for (int i = 0; i < read; i++) {
                count += buffer[i] == '\n' ? 1 : 0;
            }
            left -= read;
        }
        return count;
    }
}
