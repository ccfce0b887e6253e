package io.intake.processors.job;

import java.util.EnumSet;
import java.util.Set;

/** Where a file is on its way (DESIGN section 5). */
public enum JobState {
    /** Recorded; its archive is not yet looked into. */
    RECEIVED,
    /** Parts of a set are still missing; or a file by itself is not ready yet. */
    COLLECTING,
    /** Its entries are being written to objects of their own. */
    UNZIPPING,
    /** Its tables are being made of the entries. */
    STITCHING,
    /** Waits for an operator's decision. */
    HELD,
    /** Its records are being sent to the engine. */
    FORWARDING,
    /** The engine is out of reach; sent again later. */
    WAITING,
    /** Every record is at the engine. */
    DELIVERED,
    /** The same bytes came before, or another file takes its place. */
    SKIPPED,
    /** No feed takes it. */
    UNMATCHED,
    /** Its content was refused; the original stays. */
    QUARANTINED,
    /** We could not process it; a person is paged. */
    FAILED;

    private static final Set<JobState> TERMINAL = EnumSet.of(DELIVERED, SKIPPED, UNMATCHED, QUARANTINED, FAILED);

    /** Whether nothing more happens by itself. */
    public boolean terminal() {
        return TERMINAL.contains(this);
    }

    /** Whether a job may go from this state to another; terminal states are final. */
    public boolean mayBecome(JobState next) {
        return switch (this) {
            case RECEIVED ->
                // to be sent straight away: a replay whose tables are there
                next == UNZIPPING
                        || next == COLLECTING
                        || next == FORWARDING
                        || next == HELD
                        || refusal(next)
                        || next == SKIPPED;
            case COLLECTING ->
                // RECEIVED and SKIPPED: a file by itself, once it is ready or never will be
                next == UNZIPPING
                        || next == RECEIVED
                        || next == SKIPPED
                        || next == DELIVERED
                        || next == HELD
                        || refusal(next);
            case UNZIPPING -> next == STITCHING || next == COLLECTING || next == HELD || refusal(next);
            case STITCHING -> next == FORWARDING || next == HELD || refusal(next);
            case HELD -> next == UNZIPPING || next == STITCHING || next == FORWARDING || refusal(next);
            case FORWARDING -> next == WAITING || next == DELIVERED || refusal(next);
            case WAITING -> next == FORWARDING || next == DELIVERED || refusal(next);
            case DELIVERED, SKIPPED, UNMATCHED, QUARANTINED, FAILED -> false;
        };
    }

    private static boolean refusal(JobState next) {
        return next == QUARANTINED || next == FAILED;
    }
}
