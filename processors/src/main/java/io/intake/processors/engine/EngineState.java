package io.intake.processors.engine;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether an engine takes records, as all functions see it: a circuit breaker. Changed by compare-and-swap only. Immutable and
 * pure.
 *
 * @param open whether nobody may send, but one who probes
 * @param episode how often it was opened
 * @param since when it was opened last; null if never
 * @param probe the next or present one; null while it is closed
 * @param code of the last failure; null if there was none
 * @param paged whether on-call has been told of this episode, and not yet of its end
 * @param owed whether on-call is to be told of an end, because it may know of a beginning
 * @param draining whether jobs may wait that could go on
 * @param busyUntil nobody may send before, because the engine asked for it; null if it did not
 * @param takenAt when it was closed last: the engine took a record then; null if never
 */
public record EngineState(
        boolean open,
        int episode,
        @Nullable Instant since,
        @Nullable Probe probe,
        @Nullable String code,
        boolean paged,
        boolean owed,
        boolean draining,
        @Nullable Instant busyUntil,
        @Nullable Instant takenAt) {
    /** Of an engine that always took what it got. */
    public static final EngineState CLOSED =
            new EngineState(false, 0, null, null, null, false, false, false, null, null);

    /**
     * How it is found out whether an engine is back.
     *
     * @param failed how many have
     * @param notBefore when the next one is due
     * @param by the run that probes; null if none does
     * @param until when another may take over; null if none probes
     */
    public record Probe(
            int failed,
            Instant notBefore,
            @Nullable String by,
            @Nullable Instant until) {}

    /** The engine does not take records. */
    EngineState opened(String why, Instant now, Duration wait) {
        Probe next = new Probe(0, now.plus(wait), null, null);
        return new EngineState(true, episode + 1, now, next, why, false, paged || owed, draining, busyUntil, takenAt);
    }

    /** How many probes have failed. */
    @JsonIgnore
    public int failed() {
        return probe == null ? 0 : probe.failed();
    }

    /** Whether somebody may find out now whether the engine is back. */
    boolean mayBeProbed(Instant now) {
        return open
                && (probe == null
                        || (!now.isBefore(probe.notBefore())
                                && (probe.until() == null || !now.isBefore(probe.until()))));
    }

    EngineState probedBy(String run, Instant now, Instant until) {
        return withProbe(new Probe(failed(), now, run, until));
    }

    /** A probe failed. */
    EngineState stillOpen(String why, Instant now, Duration wait) {
        return new EngineState(
                true,
                episode,
                since,
                new Probe(failed() + 1, now.plus(wait), null, null),
                why,
                paged,
                owed,
                draining,
                busyUntil,
                takenAt);
    }

    /** Whether a run probes. */
    boolean isProbedBy(String run) {
        return open && probe != null && run.equals(probe.by());
    }

    /** The prober left without an answer. */
    EngineState unprobed(Instant now) {
        return withProbe(new Probe(failed(), now, null, null));
    }

    private EngineState withProbe(Probe other) {
        return new EngineState(open, episode, since, other, code, paged, owed, draining, busyUntil, takenAt);
    }

    /** The engine took a record. */
    EngineState closed(Instant now) {
        return new EngineState(false, episode, since, null, code, paged, owed, true, null, now);
    }

    /**
     * Whether nobody needs to know: for a time, nobody has found out or tried to, though somebody might have.
     *
     * @param quiet how long, longer than those who wait are ever left alone
     */
    boolean isForsaken(Instant now, Duration quiet) {
        return mayBeProbed(now.minus(quiet));
    }

    /** Nobody is left to find out: the next one sends as to any engine. */
    EngineState forsaken() {
        return new EngineState(false, episode, since, null, code, paged, owed, draining, busyUntil, takenAt);
    }

    /** Whether it was closed because the engine took a record, and not because nobody had one. */
    boolean wasTaken() {
        return since == null || (takenAt != null && !takenAt.isBefore(since));
    }

    /** On-call is about to be told that it is open. */
    EngineState owing() {
        return new EngineState(open, episode, since, probe, code, paged, true, draining, busyUntil, takenAt);
    }

    /** On-call has been told that it is open. */
    EngineState told() {
        return new EngineState(open, episode, since, probe, code, true, owed, draining, busyUntil, takenAt);
    }

    /** On-call has been told that it is closed. */
    EngineState toldOfEnd() {
        return new EngineState(open, episode, since, probe, code, false, false, draining, busyUntil, takenAt);
    }

    /** Whether on-call is to be told now that it is open. */
    boolean isPageDue(Instant now, Duration after) {
        return open && !paged && since != null && !now.isBefore(since.plus(after));
    }

    /** Whether on-call may believe that it is open, and it is not. */
    boolean isEndDue() {
        return !open && (paged || owed);
    }

    /** Nobody waits any more. */
    EngineState drained() {
        return new EngineState(open, episode, since, probe, code, paged, owed, false, busyUntil, takenAt);
    }

    /** The engine asked to be left alone for a time. */
    EngineState busy(Instant until) {
        return new EngineState(open, episode, since, probe, code, paged, owed, true, until, takenAt);
    }
}
