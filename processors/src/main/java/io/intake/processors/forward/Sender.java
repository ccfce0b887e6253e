package io.intake.processors.forward;

import io.intake.config.Engine;
import io.intake.config.Limits;
import io.intake.processors.engine.EngineRun;
import io.intake.processors.engine.EngineRun.Permit;
import io.intake.processors.forward.EngineAnswer.Partly;
import io.intake.processors.forward.EngineAnswer.Refused;
import io.intake.processors.forward.EngineAnswer.Taken;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.StepOutcome.Waiting;
import io.intake.processors.task.TimeBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Sends parts of batches within what the engine allows, and decides whether and when to try again. For one run of a job. */
final class Sender {
    /** Longer than the engine asks to be left alone, a function does not wait. */
    private static final Duration SHORT = Duration.ofSeconds(20);

    private static final Duration USUAL_TIMEOUT = Duration.ofSeconds(30);
    /** The engine wants less. */
    private static final String BUSY = "HTTP_429";
    /** How long only this job's records may not be taken before on-call is told, and how long an engine may want less. */
    private static final Duration STUCK = Duration.ofMinutes(30);

    private final ForwardWork.Parts parts;
    private final Job job;
    private final EngineRun run;

    Sender(ForwardWork.Parts parts, Job job) {
        this.parts = parts;
        this.job = job;
        this.run = parts.gate().run(job.id());
    }

    /** What came of sending. */
    sealed interface Result {
        /** The engine said something of some of the records. */
        record Known(ForwardCursor cursor, Split split) implements Result {}

        /** The step ends without. */
        record Later(StepOutcome<ForwardCursor> outcome) implements Result {}

        /**
         * A piece of an object, or the word that all is there, was taken.
         *
         * @param at when
         * @param attempts after how many tries in this step
         */
        record Over(HandOver.Handed handed, Instant at, int attempts) implements Result {}
    }

    /**
     * Sends the next part of a batch, more than once if need be. Where each record is a request of its own it is one record, so
     * that each counts towards the engine's rate.
     */
    Result send(Batch batch, Split split, ForwardCursor cursor, TimeBudget budget) {
        Engine engine =
                parts.configuration().get().engines().get(job.requireFeed().engine());
        boolean single = engine != null && engine.target().requestPerRecord() && split.end() - split.done() > 1;
        int end = single ? split.done() + 1 : split.end();
        Batch part = end - split.done() == batch.records() ? batch : batch.part(split.done(), end);
        for (int attempt = 1; ; attempt++) {
            Optional<Result> notNow = ask(engine, cursor, budget);
            if (notNow.isPresent()) {
                return notNow.get();
            }
            EngineAnswer answer = engine == null
                    ? new Unavailable("ENGINE_NOT_CONFIGURED", null, false)
                    : parts.engines().send(engine, job, part, run::another);
            switch (answer) {
                case Taken(String reference) -> {
                    run.taken();
                    return taken(part, reference, attempt, cursor, split);
                }
                case Refused(String code) -> {
                    run.taken();
                    return new Result.Known(cursor, single ? split.firstRefused(code) : split.refused(code));
                }
                case Partly partly -> {
                    run.taken();
                    return partly(part, partly, attempt, cursor, split);
                }
                case Unavailable unavailable -> {
                    if (!paused(engine, unavailable, attempt, budget)) {
                        return later(engine, unavailable, attempt, cursor);
                    }
                }
            }
        }
    }

    /** Hands over a piece of an object, more than once if need be. Each counts towards the engine's rate as a request does. */
    Result hand(Engine engine, ForwardCursor cursor, TimeBudget budget, Supplier<HandOver.Handed> piece) {
        for (int attempt = 1; ; attempt++) {
            Optional<Result> notNow = ask(engine, cursor, budget);
            if (notNow.isPresent()) {
                return notNow.get();
            }
            HandOver.Handed handed = piece.get();
            if (!(handed instanceof HandOver.Handed.Not(Unavailable unavailable))) {
                run.taken();
                return new Result.Over(handed, parts.clock().instant(), attempt);
            }
            if (!paused(engine, unavailable, attempt, budget)) {
                return later(engine, unavailable, attempt, cursor);
            }
        }
    }

    /** Whether it makes sense to try again within this step, after which it is time to. */
    private boolean paused(@Nullable Engine engine, Unavailable unavailable, int attempt, TimeBudget budget) {
        Duration delay = delay(unavailable, attempt);
        boolean again = engine != null
                && unavailable.soon()
                && attempt < parts.policy().soonTries()
                && delay.compareTo(SHORT) <= 0
                && budget.remaining().compareTo(delay.plus(engine.timeout())) > 0;
        if (again) {
            parts.pause().pause(delay);
        }
        return again;
    }

    private Duration delay(Unavailable unavailable, int attempt) {
        Duration asked = unavailable.retryAfter();
        // Never sooner than it asks, and not all at once either
        Duration jitter = parts.policy().soon(attempt, parts.random());
        return asked == null ? jitter : asked.plus(jitter);
    }

    private Optional<Result> ask(@Nullable Engine engine, ForwardCursor cursor, TimeBudget budget) {
        Permit permit = run.ask(
                job.requireFeed().engine(),
                engine == null ? Limits.NONE : engine.limits(),
                engine == null ? USUAL_TIMEOUT : engine.timeout(),
                cursor.inLine(),
                budget.remaining());
        if (!(permit instanceof Permit.NotNow(Instant until, @Nullable Instant since, @Nullable String code))) {
            return Optional.empty();
        }
        Instant now = parts.clock().instant();
        ForwardCursor waiting = cursor.waiting(since, code != null, now);
        return Optional.of(
                code != null && givenUp(waiting, now)
                        ? outOfReach()
                        : new Result.Later(new Waiting<>(waiting, until, code)));
    }

    private Result taken(Batch part, @Nullable String reference, int attempts, ForwardCursor cursor, Split split) {
        return new Result.Known(
                cursor.acknowledged(acknowledged(part, part.records(), reference, attempts, cursor)),
                split.taken(part.records()));
    }

    private Acknowledged acknowledged(
            Batch part, int records, @Nullable String reference, int attempts, ForwardCursor cursor) {
        return new Acknowledged(
                cursor.acknowledgements() + 1,
                part.number(),
                cursor.table(),
                part.first(),
                records,
                part.key(job),
                reference,
                parts.clock().instant(),
                cursor.attempts() + attempts);
    }

    /** What the engine has is saved first; what came of the rest is found out in the next step, unless it is clear. */
    private Result partly(Batch part, Partly partly, int attempts, ForwardCursor cursor, Split split) {
        ForwardCursor known =
                cursor.acknowledged(acknowledged(part, partly.taken(), partly.reference(), attempts, cursor));
        Split behind = split.taken(partly.taken());
        return new Result.Known(
                known, partly.rest() instanceof Refused(String code) ? behind.firstRefused(code) : behind);
    }

    private Result later(@Nullable Engine engine, Unavailable unavailable, int attempts, ForwardCursor cursor) {
        Instant now = parts.clock().instant();
        ForwardCursor failed = cursor.failed(attempts, now);
        Duration asked = unavailable.retryAfter();
        if (givenUp(failed, now)) {
            return outOfReach();
        }
        Instant since = failed.failingSince() == null ? now : failed.failingSince();
        boolean stuck = now.isAfter(since.plus(STUCK));
        // Who wants less works: no reason to stop everybody and to wake anybody up. Unless it says so for so long that
        // nobody
        // gets anything through, which is an engine that is down, whatever it calls it
        boolean busy = unavailable.code().equals(BUSY);
        if (!busy || run.probing() || stuck) {
            Optional<Permit.NotNow> inLine = run.failed(
                    unavailable.code(),
                    since,
                    failures -> {
                        Duration wait = parts.policy().wait(failures, parts.random());
                        return asked != null && asked.compareTo(wait) > 0 ? asked : wait;
                    },
                    engine == null ? Engine.PAGE_AFTER : engine.pageAfter());
            if (inLine.isPresent()) {
                ForwardCursor waiting = failed.waiting(inLine.get().since(), true, now);
                return new Result.Later(new Waiting<>(waiting, inLine.get().until(), unavailable.code()));
            }
        }
        Instant until = now.plus(asked == null ? parts.policy().wait(cursor.waits(), parts.random()) : asked);
        if (busy) {
            run.busy(until);
        } else if (stuck) {
            parts.settlement().stuck(job, job.requireFeed().engine(), unavailable.code());
        }
        return new Result.Later(new Waiting<>(failed, until, unavailable.code()));
    }

    private boolean givenUp(ForwardCursor cursor, Instant now) {
        Instant since = cursor.outOfReachSince();
        return since != null && now.isAfter(since.plus(parts.policy().giveUp()));
    }

    private Result outOfReach() {
        return new Result.Later(new StepOutcome.Refused<>(Failure.broken(
                "ENGINE_OUT_OF_REACH",
                "The system behind us did not take the file's records for "
                        + parts.policy().giveUp().toHours() + " hours.",
                "Nothing to do on your side: our engineers are informed and the file is kept.")));
    }

    /** The run ends. */
    void leave() {
        run.leave();
    }
}
