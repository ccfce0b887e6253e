package io.intake.processors.stitch;

import io.intake.config.Quality.Empty;
import io.intake.processors.plan.Plan;
import io.intake.processors.plan.Plan.TablePlan;
import io.intake.processors.stitch.StitchCursor.Position;
import io.intake.store.ObjectStore;
import java.util.List;
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
    private final TablePlan table;
    private final RejectedRows rejects;
    private final RowJudge judge;
    private Position start;
    private int look;

    /**
     * @param entries the archive's, by number; may lack some, which then go without their names
     * @param from where to begin
     */
    TableReader(
            ObjectStore store, String job, TablePlan table, List<Plan.Entry> entries, Position from, long maxRecord) {
        this.table = table;
        this.files = new TableFiles(store, job, table, from, maxRecord);
        this.rejects = new RejectedRows(store, job, table.number(), table.name(), from.rejects(), from.rejected());
        this.judge = new RowJudge(table, entries, rejects);
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
                return end();
            }
            EntryReader file = files.file();
            judge.reads(file, files.number());
            if (!file.next()) {
                files.left(file);
            } else if (!files.isBehind() && judge.accepts(file)) {
                file.write(buffer);
                files.count(1);
            }
        }
        rejects.flush();
        return Stop.FULL;
    }

    private Stop end() {
        if (files.position().read() == 0 && table.quality().empty() == Empty.REFUSE) {
            throw StitchFailures.emptyTable(table.number());
        }
        rejects.flush();
        return Stop.END;
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
        return files.position().withRejects(rejects.rows(), rejects.objects());
    }

    /** Gives the connection back. */
    @Override
    public void close() {
        files.close();
    }
}
