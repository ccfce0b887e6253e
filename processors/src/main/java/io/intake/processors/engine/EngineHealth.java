package io.intake.processors.engine;

import io.intake.bucket.BucketLayout;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.processors.page.EngineIncidents;
import io.intake.processors.page.Outbox;
import io.intake.processors.page.PageEvent.Action;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Keeps whether engines take records, for all functions together: one that takes none is knocked at by one of them at a time,
 * and on-call is told once. An engine that never failed has no object: to find that out is one request. Thread-safe, also
 * across processes.
 */
public final class EngineHealth implements EngineIncidents {
    private static final int TRIES = 8;

    private final Records records;
    private final EnginePages pages;
    private final Line line;
    private final InstantSource clock;

    EngineHealth(Records records, Outbox outbox, Line line, InstantSource clock) {
        this.records = records;
        this.pages = new EnginePages(outbox);
        this.line = line;
        this.clock = clock;
    }

    /** Whether a run may send. */
    sealed interface Admission {
        /** It may. */
        record Free(EngineState state) implements Admission {}

        /** It may send once, to find out whether the engine is back. */
        record Probing() implements Admission {}

        /** It may not. */
        record Down(EngineState state) implements Admission {}

        /** It may not before a time, because the engine asked for it. */
        record Busy(Instant until) implements Admission {}
    }

    EngineState state(String engine) {
        return find(engine).map(Versioned::value).orElse(EngineState.CLOSED);
    }

    private Optional<Versioned<EngineState>> find(String engine) {
        return records.find(BucketLayout.engineState(engine), EngineState.class);
    }

    /**
     * Asks whether a run may send.
     *
     * @param run names it, as no other was ever named
     * @param probing how long it may take to find out
     */
    Admission admit(String engine, String run, Duration probing) {
        Optional<Versioned<EngineState>> found = find(engine);
        if (found.isEmpty()) {
            return new Admission.Free(EngineState.CLOSED);
        }
        EngineState state = found.get().value();
        Instant now = clock.instant();
        if (!state.open()) {
            Instant busy = state.busyUntil();
            return busy != null && busy.isAfter(now) ? new Admission.Busy(busy) : new Admission.Free(state);
        }
        if (!state.mayBeProbed(now)) {
            return new Admission.Down(state);
        }
        return records.replace(
                        BucketLayout.engineState(engine),
                        found.get().etag(),
                        state.probedBy(run, now, now.plus(probing)))
                .<Admission>map(won -> new Admission.Probing())
                .orElseGet(() -> new Admission.Down(state));
    }

    /**
     * The engine did not take what a run sent.
     *
     * @param since when the run's job found that for the first time in a row
     * @param wait until the next probe, by how many have failed
     * @return the state now; not open if the engine has taken other jobs' records meanwhile
     */
    EngineState failed(String engine, String run, String code, Instant since, Backoff wait, Duration pageAfter) {
        Instant now = clock.instant();
        EngineState state = update(engine, before -> {
            if (before.isProbedBy(run)) {
                return before.stillOpen(code, now, wait.after(before.failed() + 1));
            }
            boolean otherwiseWell = before.takenAt() != null && before.takenAt().isAfter(since);
            return before.open() || otherwiseWell ? before : before.opened(code, now, wait.after(0));
        });
        page(engine, state, pageAfter);
        return state;
    }

    /** How long to wait. */
    @FunctionalInterface
    interface Backoff {
        Duration after(int failures);
    }

    /** The engine took what the prober sent. */
    void taken(String engine) {
        Instant now = clock.instant();
        EngineState state = update(engine, before -> before.open() ? before.closed(now) : before);
        pageEnd(engine, state);
    }

    /** The prober goes without having found out. */
    void unprobed(String engine, String run) {
        Instant now = clock.instant();
        update(engine, before -> before.isProbedBy(run) ? before.unprobed(now) : before);
    }

    /** The engine asked for less. */
    void busy(String engine, Instant until) {
        update(engine, before -> {
            Instant known = before.busyUntil();
            return known != null && !known.isBefore(until) ? before : before.busy(until);
        });
    }

    /**
     * Closes the circuit of an engine that is not known to be back, when nobody is left to find out: those who waited may have
     * ended without it. An open one would be an incident that lasts until the next file comes, however late.
     *
     * @param quiet for how long nobody has tried to find out
     * @return the state now
     */
    EngineState forsake(String engine, Duration quiet) {
        Instant now = clock.instant();
        return update(engine, before -> before.isForsaken(now, quiet) ? before.forsaken() : before);
    }

    /** Nobody waits for the engine any more. */
    void drained(String engine) {
        update(engine, before -> before.open() || !before.draining() ? before : before.drained());
    }

    /** Tells on-call what is to be told by now, as far as it was not. */
    void page(String engine, EngineState state, Duration after) {
        if (state.isPageDue(clock.instant(), after)) {
            // First, so that the end is told of even if nobody lives to say that the beginning was
            update(engine, now -> now.open() && now.episode() == state.episode() ? now.owing() : now);
            pages.down(engine, state, line.front(engine, 1000).size());
            update(engine, now -> now.open() && now.episode() == state.episode() && !now.paged() ? now.told() : now);
        }
        pageEnd(engine, state);
    }

    private void pageEnd(String engine, EngineState state) {
        if (state.isEndDue()) {
            pages.up(engine, state);
            update(engine, now -> now.isEndDue() && now.episode() == state.episode() ? now.toldOfEnd() : now);
        }
    }

    private EngineState update(String engine, UnaryOperator<EngineState> change) {
        String key = BucketLayout.engineState(engine);
        EngineState last = EngineState.CLOSED;
        for (int attempt = 0; attempt < TRIES; attempt++) {
            Optional<Versioned<EngineState>> found = records.find(key, EngineState.class);
            last = found.map(Versioned::value).orElse(EngineState.CLOSED);
            EngineState changed = change.apply(last);
            if (changed.equals(last)) {
                return last;
            }
            Optional<Versioned<EngineState>> written = found.isPresent()
                    ? records.replace(key, found.get().etag(), changed)
                    : records.create(key, changed);
            if (written.isPresent()) {
                return changed;
            }
        }
        // Others change it all the time, so that they know as much as we do
        return last;
    }

    @Override
    public boolean isOver(String owner, int number, Action action) {
        Optional<String> engine = engine(owner);
        if (engine.isEmpty()) {
            return false;
        }
        EngineState state = state(engine.get());
        return action == Action.TRIGGER
                ? !(state.open() && EnginePages.number(state.episode()) == number)
                : state.open() && (state.paged() || state.owed());
    }

    @Override
    public void repeat(String owner) {
        engine(owner).ifPresent(engine -> {
            EngineState state = state(engine);
            if (state.open()) {
                pages.down(engine, state, 0);
            } else {
                pages.up(engine, state);
            }
        });
    }

    private static Optional<String> engine(String owner) {
        return owner.startsWith(EnginePages.PREFIX)
                ? Optional.of(owner.substring(EnginePages.PREFIX.length()))
                : Optional.empty();
    }
}
