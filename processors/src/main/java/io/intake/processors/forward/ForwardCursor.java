package io.intake.processors.forward;

import io.intake.processors.quality.RejectsWork;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far the engine has acknowledged. Pure.
 *
 * @param table the number of the table that comes next
 * @param offset of the next batch in the stitched table, in bytes
 * @param batches of which is known what came
 * @param delivered records acknowledged
 * @param waits how often in a row the engine did not take what was sent
 * @param outOfReachSince since when the job waits for the engine; null while it answers
 * @param row the number of the next batch's first record within its table, from 0
 * @param refused records that the engine refused one by one, those of the next batch not among them
 * @param split how far the next batch is where it was not taken as a whole; null otherwise
 * @param attempts how often the next records have been sent
 * @param failingSince when they were not taken for the first time; null if they were not sent yet
 * @param inLine since when the job is in the engine's line; null if it is not
 * @param turn whether it is the job's turn, where its feed's files are delivered one after another
 * @param log what was acknowledged since the last object of the delivery log was written
 * @param logged acknowledgements in such objects
 * @param rejects how far the file of refused records is; null while there is none to write
 */
record ForwardCursor(
        int table,
        long offset,
        int batches,
        long delivered,
        int waits,
        @Nullable Instant outOfReachSince,
        long row,
        long refused,
        @Nullable Split split,
        int attempts,
        @Nullable Instant failingSince,
        @Nullable Instant inLine,
        boolean turn,
        List<Acknowledged> log,
        int logged,
        RejectsWork.@Nullable Cursor rejects) {
    static final ForwardCursor START =
            new ForwardCursor(0, 0, 0, 0, 0, null, 0, 0, null, 0, null, null, false, List.of(), 0, null);

    ForwardCursor {
        // Of a checkpoint from before there was a log
        log = List.copyOf(Objects.requireNonNullElse(log, List.of()));
    }

    /** With an answer of the engine's. */
    ForwardCursor acknowledged(Acknowledged records) {
        List<Acknowledged> more = new ArrayList<>(log);
        more.add(records);
        return new ForwardCursor(
                table,
                offset,
                batches,
                delivered + records.records(),
                0,
                null,
                row,
                refused,
                split,
                0,
                null,
                null,
                turn,
                more,
                logged,
                rejects);
    }

    /** The engine answered, and what it said of the next batch is known. */
    ForwardCursor with(Split known) {
        return new ForwardCursor(
                table, offset, batches, delivered, 0, null, row, refused, known, 0, null, null, turn, log, logged,
                rejects);
    }

    /** Behind a batch of which is known what came of each record. */
    ForwardCursor nextBatch(long next, int records) {
        int refusals = split == null ? 0 : split.refused().size();
        return new ForwardCursor(
                table,
                next,
                batches + 1,
                delivered,
                waits,
                outOfReachSince,
                row + records,
                refused + refusals,
                null,
                attempts,
                failingSince,
                inLine,
                turn,
                log,
                logged,
                rejects);
    }

    /** A piece of an object was handed over. */
    ForwardCursor handedOver(long next, int records) {
        return new ForwardCursor(
                table,
                next,
                batches + 1,
                delivered + records,
                0,
                null,
                row + records,
                refused,
                null,
                0,
                null,
                null,
                turn,
                log,
                logged,
                rejects);
    }

    /** Some of an object's lines were counted, and nothing was handed over. */
    ForwardCursor counted(long next, int records) {
        return new ForwardCursor(
                table,
                next,
                batches,
                delivered + records,
                waits,
                outOfReachSince,
                row + records,
                refused,
                split,
                attempts,
                failingSince,
                inLine,
                turn,
                log,
                logged,
                rejects);
    }

    ForwardCursor nextTable() {
        return new ForwardCursor(
                table + 1,
                0,
                batches,
                delivered,
                waits,
                outOfReachSince,
                0,
                refused,
                null,
                attempts,
                failingSince,
                inLine,
                turn,
                log,
                logged,
                rejects);
    }

    /** The engine did not take what was sent. */
    ForwardCursor failed(int sent, Instant now) {
        return new ForwardCursor(
                table,
                offset,
                batches,
                delivered,
                waits + 1,
                outOfReachSince == null ? now : outOfReachSince,
                row,
                refused,
                split,
                attempts + sent,
                failingSince == null ? now : failingSince,
                inLine,
                turn,
                log,
                logged,
                rejects);
    }

    /**
     * Nothing may be sent.
     *
     * @param since when the job joined the engine's line; null if it is not in it
     * @param down whether that is because the engine takes nothing
     */
    ForwardCursor waiting(@Nullable Instant since, boolean down, Instant now) {
        return new ForwardCursor(
                table,
                offset,
                batches,
                delivered,
                waits,
                down && outOfReachSince == null ? now : outOfReachSince,
                row,
                refused,
                split,
                attempts,
                failingSince,
                since,
                turn,
                log,
                logged,
                rejects);
    }

    /** It is this job's turn. */
    ForwardCursor onTurn() {
        return new ForwardCursor(
                table,
                offset,
                batches,
                delivered,
                waits,
                outOfReachSince,
                row,
                refused,
                split,
                attempts,
                failingSince,
                inLine,
                true,
                log,
                logged,
                rejects);
    }

    /** What was acknowledged is in an object of its own. */
    ForwardCursor withLogWritten() {
        return new ForwardCursor(
                table,
                offset,
                batches,
                delivered,
                waits,
                outOfReachSince,
                row,
                refused,
                split,
                attempts,
                failingSince,
                inLine,
                turn,
                List.of(),
                logged + log.size(),
                rejects);
    }

    /** With so much of the file of refused records written. */
    ForwardCursor with(RejectsWork.Cursor written) {
        return new ForwardCursor(
                table,
                offset,
                batches,
                delivered,
                waits,
                outOfReachSince,
                row,
                refused,
                split,
                attempts,
                failingSince,
                inLine,
                turn,
                log,
                logged,
                written);
    }

    /** How many acknowledgements there were. */
    int acknowledgements() {
        return logged + log.size();
    }
}
