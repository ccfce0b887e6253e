package io.intake.processors.forward;

import io.intake.processors.quality.RejectsWork;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
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
        return logged(records).changed(next -> {
            next.delivered += records.records();
            next.answered();
        });
    }

    /** The engine answered, and what it said of the next batch is known. */
    ForwardCursor with(Split known) {
        return changed(next -> {
            next.split = known;
            next.answered();
        });
    }

    /** Behind a batch of which is known what came of each record. */
    ForwardCursor nextBatch(long behind, int records) {
        return changed(next -> {
            next.goOn(behind, records);
            next.refused += split == null ? 0 : split.refused().size();
        });
    }

    /** A piece of an object was handed over. */
    ForwardCursor handedOver(long behind, int records) {
        return changed(next -> {
            next.goOn(behind, records);
            next.delivered += records;
            next.answered();
        });
    }

    /** With a line of the delivery log. */
    ForwardCursor logged(Acknowledged records) {
        List<Acknowledged> more = new ArrayList<>(log);
        more.add(records);
        return changed(next -> next.log = more);
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
        return changed(next -> {
            next.table++;
            next.offset = 0;
            next.row = 0;
            next.split = null;
        });
    }

    /** The engine did not take what was sent. */
    ForwardCursor failed(int sent, Instant now) {
        return changed(next -> {
            next.waits++;
            next.attempts += sent;
            next.outOfReachSince = outOfReachSince == null ? now : outOfReachSince;
            next.failingSince = failingSince == null ? now : failingSince;
        });
    }

    /**
     * Nothing may be sent.
     *
     * @param since when the job joined the engine's line; null if it is not in it
     * @param down whether that is because the engine takes nothing
     */
    ForwardCursor waiting(@Nullable Instant since, boolean down, Instant now) {
        return changed(next -> {
            next.outOfReachSince = down && outOfReachSince == null ? now : outOfReachSince;
            next.inLine = since;
        });
    }

    /** It is this job's turn. */
    ForwardCursor onTurn() {
        return changed(next -> next.turn = true);
    }

    /** What was acknowledged is in an object of its own. */
    ForwardCursor withLogWritten() {
        return changed(next -> {
            next.logged += log.size();
            next.log = List.of();
        });
    }

    /** With so much of the file of refused records written. */
    ForwardCursor with(RejectsWork.Cursor written) {
        return changed(next -> next.rejects = written);
    }

    /** How many acknowledgements there were. */
    int acknowledgements() {
        return logged + log.size();
    }

    private ForwardCursor changed(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.cursor();
    }

    /** A cursor while it is changed, so that a change says what it changes and no more. */
    private static final class Draft {
        private int table;
        private long offset;
        private int batches;
        private long delivered;
        private int waits;
        private @Nullable Instant outOfReachSince;
        private long row;
        private long refused;
        private @Nullable Split split;
        private int attempts;
        private @Nullable Instant failingSince;
        private @Nullable Instant inLine;
        private boolean turn;
        private List<Acknowledged> log;
        private int logged;
        private RejectsWork.@Nullable Cursor rejects;

        Draft(ForwardCursor before) {
            table = before.table;
            offset = before.offset;
            batches = before.batches;
            delivered = before.delivered;
            waits = before.waits;
            outOfReachSince = before.outOfReachSince;
            row = before.row;
            refused = before.refused;
            split = before.split;
            attempts = before.attempts;
            failingSince = before.failingSince;
            inLine = before.inLine;
            turn = before.turn;
            log = before.log;
            logged = before.logged;
            rejects = before.rejects;
        }

        /** The engine answered: nobody waits for it, and nothing fails. */
        void answered() {
            waits = 0;
            outOfReachSince = null;
            attempts = 0;
            failingSince = null;
            inLine = null;
        }

        /** What comes next is behind so many records. */
        void goOn(long behind, int records) {
            offset = behind;
            batches++;
            row += records;
            split = null;
        }

        ForwardCursor cursor() {
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
                    rejects);
        }
    }
}
