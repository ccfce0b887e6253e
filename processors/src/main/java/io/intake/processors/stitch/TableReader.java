package io.intake.processors.stitch;

import io.intake.processors.plan.Plan.TablePlan;
import io.intake.processors.stitch.StitchCursor.Position;
import io.intake.store.ObjectStore;
import java.util.function.BooleanSupplier;

/**
 * Reads a table's files one after another from a place on and gathers its rows as JSON lines up to the size of a part. Where
 * a part ends depends on the rows alone, so that whoever reads from the same place gathers the same bytes. Holds one part
 * and one record. Not thread-safe.
 */
final class TableReader implements AutoCloseable {
    /** How many rows are read between two looks at the time. */
    private static final int ROWS_PER_LOOK = 16;

    private final TableFiles files;
    private final NdjsonBuffer buffer = new NdjsonBuffer();
    private Position start;
    private int look;

    /** @param from where to begin */
    TableReader(ObjectStore store, String job, TablePlan table, Position from, long maxRecord) {
        this.files = new TableFiles(store, job, table, from, maxRecord);
        this.start = from;
    }

    /** Why gathering stopped. */
    enum Stop {
        /** The part is full; there may be more rows. */
        FULL,
        /** There are no more rows. */
        END,
        /** The time is up; go on later. */
        PAUSED
    }

    /**
     * Gathers rows until the part has at least a size.
     *
     * @param pause asked now and then whether to stop before that
     */
    Stop gather(long partBytes, BooleanSupplier pause) {
        while (buffer.size() < partBytes) {
            if (++look % ROWS_PER_LOOK == 0 && pause.getAsBoolean()) {
                return Stop.PAUSED;
            }
            if (files.ended()) {
                return Stop.END;
            }
            EntryReader file = files.file();
            if (!file.next()) {
                files.left(file);
            } else if (!files.isBehind()) {
                file.write(buffer);
                files.count(1);
            }
        }
        return Stop.FULL;
    }

    /** The part gathered so far. */
    NdjsonBuffer part() {
        return buffer;
    }

    /** Begins the next part behind the one that is stored now. */
    void stored() {
        buffer.clear();
        start = position();
    }

    /** The place before the part gathered so far. */
    Position start() {
        return start;
    }

    /** The place behind the part gathered so far. */
    Position position() {
        return files.position();
    }

    /** Gives the connection back. */
    @Override
    public void close() {
        files.close();
    }
}
