package io.intake.processors.forward;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.intake.config.Engine;
import io.intake.processors.Json;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.HandOver.Handed;
import io.intake.processors.forward.HandOver.Piece;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.join.Deliveries.Delivery;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.StepOutcome.Advanced;
import io.intake.processors.task.StepOutcome.Finished;
import io.intake.processors.task.StepOutcome.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The forward stage for engines that get whole objects. Thread-safe. */
final class WholeObjects {
    /** How long a target may take nothing before on-call is told. */
    private static final Duration STUCK = Duration.ofMinutes(30);

    private final ForwardWork.Parts parts;

    WholeObjects(ForwardWork.Parts parts) {
        this.parts = parts;
    }

    StepOutcome<ForwardCursor> step(Job job, Engine engine, List<Delivery> objects, ForwardCursor at) {
        if (at.table() == objects.size()) {
            return parts.engines().finish(engine, job) instanceof Handed.Not(Unavailable answer)
                    ? later(job, engine, at, answer)
                    : finished(at);
        }
        Delivery object = objects.get(at.table());
        Piece piece = new Piece(job, at.table(), object.table(), object.key(), at.offset(), at.row());
        return switch (parts.engines().hand(engine, piece)) {
            case Handed.Not(Unavailable answer) -> later(job, engine, at, answer);
            case Handed.More(long offset, int count) -> new Advanced<>(at.handedOver(offset, count), true);
            case Handed.Done(int count) ->
                new Advanced<>(at.handedOver(at.offset(), count).nextTable(), true);
        };
    }

    private static StepOutcome<ForwardCursor> finished(ForwardCursor at) {
        ObjectNode result = Json.mapper().createObjectNode();
        return new Finished<>(result.put("delivered", at.delivered()).put("batches", at.batches()));
    }

    private StepOutcome<ForwardCursor> later(Job job, Engine engine, ForwardCursor at, Unavailable answer) {
        Instant now = parts.clock().instant();
        ForwardCursor failed = at.failed(1, now);
        Instant since = failed.outOfReachSince();
        if (since != null && now.isAfter(since.plus(parts.policy().giveUp()))) {
            return new StepOutcome.Refused<>(Failure.broken(
                    "ENGINE_OUT_OF_REACH",
                    "The system behind us did not take the file for "
                            + parts.policy().giveUp().toHours() + " hours.",
                    "Nothing to do on your side: our engineers are informed and the file is kept."));
        }
        if (since != null && now.isAfter(since.plus(STUCK))) {
            parts.settlement().stuck(job, engine.id(), answer.code());
        }
        return new Waiting<>(failed, now.plus(parts.policy().wait(at.waits(), parts.random())), answer.code());
    }
}
