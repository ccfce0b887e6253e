package io.intake.processors.forward;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far the engine has acknowledged.
 *
 * @param table the number of the table that comes next
 * @param offset of the next record in the stitched table, in bytes
 * @param batches acknowledged
 * @param delivered records acknowledged
 * @param waits how often in a row the engine was found out of reach
 * @param outOfReachSince null while it answers
 * @param row the number of the next record within its table, from 0
 */
record ForwardCursor(
        int table,
        long offset,
        int batches,
        long delivered,
        int waits,
        @Nullable Instant outOfReachSince,
        long row) {
    static final ForwardCursor START = new ForwardCursor(0, 0, 0, 0, 0, null, 0);

    ForwardCursor acknowledged(long next, int records) {
        return new ForwardCursor(table, next, batches + 1, delivered + records, 0, null, row + records);
    }

    ForwardCursor nextTable() {
        return new ForwardCursor(table + 1, 0, batches, delivered, waits, outOfReachSince, 0);
    }

    ForwardCursor waited(Instant now) {
        return new ForwardCursor(
                table, offset, batches, delivered, waits + 1, outOfReachSince == null ? now : outOfReachSince, row);
    }
}
