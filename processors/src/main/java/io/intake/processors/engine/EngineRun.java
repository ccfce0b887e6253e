package io.intake.processors.engine;

import io.intake.config.Limits;
import io.intake.config.Limits.Rate;
import io.intake.processors.engine.EngineHealth.Admission;
import io.intake.processors.engine.RateWindow.Grant;
import io.intake.processors.engine.Slots.Held;
import io.intake.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One run of a job's delivery and its engine: whether it may send, and what it found. What it holds of the engine's limits it
 * gives back in {@link #leave}; if it dies, that comes free by itself. Used by one thread at a time.
 */
public final class EngineRun {
    /** Longest that a run which has sent something waits for its turn at a rate before it leaves: somebody must go on. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** The same of a run that has sent nothing: many that wait in their functions only get in each other's way. */
    private static final Duration LITTLE_PATIENCE = Duration.ofSeconds(5);

    private static final Duration MARGIN = Duration.ofSeconds(15);
    /** Who waits in the line is started by others. This is for when they all died. */
    private static final Duration FORGOTTEN = Duration.ofMinutes(15);

    private final EngineGate gate;
    private final String job;
    private final String run;
    private String engine = "";
    private Limits limits = Limits.NONE;
    private boolean admitted;
    private boolean probing;
    private boolean mayWake;
    private @Nullable Held slot;
    private @Nullable Grant grant;
    private int unused;
    private int wanted = 1;
    private @Nullable Instant inLine;
    private boolean waitsForSlot;
    private boolean waitsForEngine;
    private boolean inTheWay;

    EngineRun(EngineGate gate, String job, String run) {
        this.gate = gate;
        this.job = job;
        this.run = run;
    }

    /** Whether a request may be sent. */
    public sealed interface Permit {
        /** One may. */
        record Granted() implements Permit {}

        /**
         * None may before a time.
         *
         * @param since when the job joined the line; null if it is in none
         * @param code why, where the engine does not take records; null where it only is not this job's turn
         */
        record NotNow(
                Instant until,
                @Nullable Instant since,
                @Nullable String code) implements Permit {}
    }

    /**
     * Asks to send one request.
     *
     * @param id the engine's
     * @param allowed by the engine
     * @param longest that a request takes
     * @param joined when the job joined the engine's line; null if it is not in it
     * @param remaining how long the run may wait
     */
    public Permit ask(String id, Limits allowed, Duration longest, @Nullable Instant joined, Duration remaining) {
        this.engine = id;
        this.limits = allowed;
        if (joined != null) {
            inLine = joined;
        }
        if (!admitted) {
            Permit admission = admit(longest.multipliedBy(4).plus(MARGIN));
            if (!(admission instanceof Permit.Granted)) {
                return admission;
            }
            admitted = true;
        }
        Duration lease = longest.plus(MARGIN);
        if (allowed.concurrency() > 0 && !holdsSlot(lease)) {
            waitsForSlot = true;
            return lineUp(joined == null ? now() : joined, null);
        }
        Permit rate = allowed.rate() == null ? new Permit.Granted() : token(allowed.rate(), remaining);
        if (rate instanceof Permit.Granted && allowed.concurrency() > 0 && !holdsSlot(lease)) {
            // Waiting for the rate took longer than the place was ours
            waitsForSlot = true;
            return lineUp(joined == null ? now() : joined, null);
        }
        return rate;
    }

    private Permit admit(Duration longest) {
        return switch (gate.health().admit(engine, run, longest)) {
            case Admission.Free(EngineState state) -> {
                mayWake = state.draining() || inLine != null;
                yield new Permit.Granted();
            }
            case Admission.Probing ignored -> {
                probing = true;
                yield new Permit.Granted();
            }
            case Admission.Down(EngineState state) -> {
                waitsForEngine = true;
                yield lineUp(inLine == null ? now() : inLine, state.code() == null ? "DOWN" : state.code());
            }
            case Admission.Busy(Instant until) -> new Permit.NotNow(until.plus(jitter(MARGIN)), inLine, null);
        };
    }

    private Permit lineUp(Instant since, @Nullable String code) {
        inLine = since;
        gate.line().join(engine, since, job);
        return new Permit.NotNow(now().plus(FORGOTTEN).plus(jitter(FORGOTTEN)), since, code);
    }

    private boolean holdsSlot(Duration lease) {
        Held held = slot;
        if (held != null && now().plus(lease).isAfter(held.until())) {
            held = gate.slots().renew(held, run, lease.multipliedBy(2)).orElse(null);
        }
        if (held == null) {
            int start = gate.random().nextInt(limits.concurrency());
            held = gate.slots()
                    .take(engine, limits.concurrency(), start, run, lease.multipliedBy(2))
                    .orElse(null);
        }
        slot = held;
        return held != null;
    }

    private Permit token(Rate rate, Duration remaining) {
        Duration patience = grant == null ? LITTLE_PATIENCE : PATIENCE;
        Instant deadline = now().plus(remaining.compareTo(patience) < 0 ? remaining : patience);
        while (true) {
            Grant now = grant;
            if (now != null && unused > 0 && now().isBefore(now.until())) {
                unused--;
                return new Permit.Granted();
            }
            now = gate.rates().ask(engine, rate, wanted);
            if (now.count() > 0) {
                grant = now;
                unused = now.count();
                wanted = Math.min(2 * wanted, RateWindow.most(rate));
                continue;
            }
            if (now.until().isAfter(deadline)) {
                inTheWay = true;
                return lineUp(inLine == null ? now() : inLine, null);
            }
            gate.pause().pause(Duration.between(now(), now.until()).plus(jitter(Duration.ofMillis(200))));
        }
    }

    /**
     * Asks to send one request more, of the same kind as the last that was granted, without waiting.
     *
     * @return false if it is to be asked for as usual
     */
    public boolean another() {
        Rate rate = limits.rate();
        if (rate == null) {
            return true;
        }
        Grant last = grant;
        if (last == null || unused == 0 || !now().isBefore(last.until())) {
            last = gate.rates().ask(engine, rate, wanted);
            if (last.count() == 0) {
                return false;
            }
            grant = last;
            unused = last.count();
            wanted = Math.min(2 * wanted, RateWindow.most(rate));
        }
        unused--;
        return true;
    }

    /** The engine has taken what was sent. */
    public void taken() {
        if (probing) {
            probing = false;
            mayWake = true;
            gate.health().taken(engine);
            gate.wake(engine, EngineGate.first(limits.concurrency()), job);
        }
    }

    /**
     * The engine has not taken what was sent, and it makes no sense to send it again at once.
     *
     * @param code why
     * @param since when that was so for the first time in a row
     * @param backoff how long to wait, by how often that was so
     * @param pageAfter how long that may be so before on-call is told
     * @return where the job waits; empty if the engine takes others' records, so that it is this job's alone to wait
     */
    public Optional<Permit.NotNow> failed(
            String code, Instant since, IntFunction<Duration> backoff, Duration pageAfter) {
        EngineState state = gate.health().failed(engine, run, code, since, backoff::apply, pageAfter);
        probing = false;
        if (!state.open()) {
            return Optional.empty();
        }
        waitsForEngine = true;
        // At the end of the line, so that another knocks next: it may be this job's records that the engine fails at
        Instant before = inLine;
        if (before != null) {
            gate.line().leave(engine, before, job);
        }
        return Optional.of((Permit.NotNow) lineUp(now(), code));
    }

    /** Whether what is sent is to find out if the engine is back: only a record that it takes tells. */
    public boolean probing() {
        return probing;
    }

    /** The engine asked to be left alone for a time, which is no failure. Not for a run that probes. */
    public void busy(Instant until) {
        gate.health().busy(engine, until);
    }

    /**
     * The run ends, and what it has saved is saved. Never throws for the store's sake: what is not done here, time or the
     * sweeper does.
     */
    public void leave() {
        if (engine.isEmpty()) {
            return;
        }
        try {
            giveBack();
            if (waitsForEngine || waitsForSlot) {
                // It may have come while this job was about to wait, and who brought it did not see it
                boolean come = waitsForEngine
                        ? !gate.health().state(engine).open()
                        : gate.slots().anyFree(engine, limits.concurrency());
                if (come) {
                    gate.wakeups().wake(job);
                }
                return;
            }
            if (inTheWay) {
                return;
            }
            Instant joined = inLine;
            if (joined != null) {
                gate.line().leave(engine, joined, job);
            }
            if (mayWake || slot != null || grant != null) {
                gate.wake(engine, EngineGate.next(limits.concurrency()), job);
            }
        } catch (StoreException outOfReach) {
            // see above
        }
    }

    private void giveBack() {
        Grant last = grant;
        if (last != null && unused > 0) {
            gate.rates().giveBack(engine, last.stretch(), unused);
        }
        if (probing) {
            gate.health().unprobed(engine, run);
        }
        Held held = slot;
        if (held != null) {
            gate.slots().release(held);
        }
    }

    private Instant now() {
        return gate.clock().instant();
    }

    private Duration jitter(Duration most) {
        return Duration.ofMillis(gate.random().nextLong(most.toMillis() + 1));
    }
}
