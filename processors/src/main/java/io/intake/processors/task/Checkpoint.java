package io.intake.processors.task;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a task and who works on it; changed by compare-and-swap only, so that a worker that was thought dead is
 * fenced off at its next save. Immutable and pure.
 *
 * @param owner the invocation that holds the lease
 * @param generation how often the task was claimed
 * @param leaseUntil nobody else may claim it before
 * @param notBefore nobody may claim it before; null for at once
 * @param attempts claims since the last progress, the present one included: counted at claim, so that a crash counts
 * @param idle continuations in a row without progress
 * @param cursor where the next step begins, in the stage's own form
 * @param faults runs in a row without progress that ended because the store was out of reach
 */
public record Checkpoint(
        String owner,
        int generation,
        Instant leaseUntil,
        @Nullable Instant notBefore,
        int attempts,
        int idle,
        JsonNode cursor,
        int faults) {

    /** Without faults. */
    public Checkpoint(
            String owner,
            int generation,
            Instant leaseUntil,
            @Nullable Instant notBefore,
            int attempts,
            int idle,
            JsonNode cursor) {
        this(owner, generation, leaseUntil, notBefore, attempts, idle, cursor, 0);
    }

    /** The first claim of a task. */
    public static Checkpoint first(String owner, Instant now, Duration lease, JsonNode cursor) {
        return new Checkpoint(owner, 1, now.plus(lease), null, 1, 0, cursor);
    }

    /**
     * Whether an invocation may take the task. The same invocation may at once: Lambda tries a failed invocation again
     * under the same request id, so its earlier self is dead.
     */
    public boolean claimableBy(String claimant, Instant now) {
        boolean due = notBefore == null || !now.isBefore(notBefore);
        return due && (owner.equals(claimant) || !now.isBefore(leaseUntil));
    }

    /** The next claim. */
    public Checkpoint claim(String claimant, Instant now, Duration lease) {
        return new Checkpoint(claimant, generation + 1, now.plus(lease), null, attempts + 1, idle, cursor, faults);
    }

    /** After a step, with the work going on. */
    public Checkpoint advance(JsonNode next, boolean progress, Instant now, Duration lease) {
        return new Checkpoint(
                owner,
                generation,
                now.plus(lease),
                null,
                progress ? 1 : attempts,
                progress ? 0 : idle,
                next,
                progress ? 0 : faults);
    }

    /** The same claim, for longer. */
    public Checkpoint renew(Instant now, Duration lease) {
        return new Checkpoint(owner, generation, now.plus(lease), null, attempts, idle, cursor, faults);
    }

    /** With the lease given back, for a continuation. */
    public Checkpoint release(boolean progressed, Instant now) {
        return new Checkpoint(
                owner,
                generation,
                now,
                null,
                progressed ? 0 : attempts,
                progressed ? 0 : idle + 1,
                cursor,
                progressed ? 0 : faults);
    }

    /** With the lease given back until a time because the store is out of reach, which is nobody's failed attempt. */
    public Checkpoint fault(Instant now, Instant until) {
        return new Checkpoint(owner, generation, now, until, Math.max(0, attempts - 1), idle, cursor, faults + 1);
    }

    /** With the lease given back until a time. Waiting for an engine is nobody's failed attempt. */
    public Checkpoint await(JsonNode next, Instant now, Instant until) {
        return new Checkpoint(owner, generation, now, until, 0, 0, next);
    }

    /** Not to wait any longer: what it waits for has come. A generation of its own, as nobody holds it. */
    public Checkpoint woken(Instant now) {
        return new Checkpoint(owner, generation + 1, now, null, attempts, idle, cursor, faults);
    }
}
