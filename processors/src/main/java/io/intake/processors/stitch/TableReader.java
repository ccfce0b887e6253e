package io.intake.processors.stitch;

import io.intake.bucket.BucketLayout;
import io.intake.config.Quality.Empty;
import io.intake.processors.plan.Plan;
import io.intake.processors.plan.Plan.TablePlan;
import io.intake.processors.stitch.StitchCursor.Position;
import io.intake.store.ObjectStore;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads a table's files one after another from a place on and gathers its rows as JSON lines up to the size of a part. Where
 * a part ends depends on the rows alone, so that whoever reads from the same place gathers the same bytes. Holds one part
 * and one record. Not thread-safe.
 */
final class TableReader implements AutoCloseable {
    /** How many rows are read between two looks at the time. */
    private static final int ROWS_PER_LOOK = 16;

    private final ObjectStore store;
    private final String job;
    private final TablePlan table;
    private final long maxRecord;
    private final HeaderMatcher matcher;
    private final NdjsonBuffer buffer = new NdjsonBuffer();
    private int entry;
    private @Nullable String etag;
    private long skip;
    private long rows;
    private List<String> columns;
    private long readBefore;
    private final RejectedRows rejects;
    private final RowJudge judge;
    private @Nullable EntryReader reader;
    private Position start;
    private int look;

    /**
     * @param files the archive's, by number; may lack some, which then go without their names
     * @param from where to begin; the rows before it in its file are read over
     */
    TableReader(ObjectStore store, String job, TablePlan table, List<Plan.Entry> files, Position from, long maxRecord) {
        this.store = store;
        this.job = job;
        this.table = table;
        this.maxRecord = maxRecord;
        this.matcher = new HeaderMatcher(table.columns());
        this.start = from;
        this.entry = from.entry();
        this.etag = from.etag();
        this.skip = from.entryRows();
        this.rows = from.rows();
        this.columns = from.columns();
        this.readBefore = from.read();
        this.rejects = new RejectedRows(store, job, table.number(), table.name(), from.rejects(), from.rejected());
        this.judge = new RowJudge(table, files, rejects);
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
            if (entry == table.entries().size()) {
                return end();
            }
            EntryReader from = reader != null ? reader : openEntry();
            if (from != null) {
                row(from);
            }
        }
        rejects.flush();
        return Stop.FULL;
    }

    private Stop end() {
        if (readBefore == 0 && table.quality().empty() == Empty.REFUSE) {
            throw StitchFailures.emptyTable(table.number());
        }
        rejects.flush();
        return Stop.END;
    }

    private void row(EntryReader from) {
        if (!from.next()) {
            readBefore += from.rows();
            closeEntry();
            if (skip > 0) {
                throw new IllegalStateException("an entry lost rows since it was read first");
            }
            entry++;
            etag = null;
        } else if (skip > 0) {
            skip--;
        } else if (judge.accepts(from)) {
            from.write(buffer);
            rows++;
        }
    }

    /** Null where the next file has no bytes at all, and may. */
    private @Nullable EntryReader openEntry() {
        int number = table.entries().get(entry);
        EntryStream stream = EntryStream.open(store, BucketLayout.entry(job, number), etag);
        try {
            if (stream.size() == 0 && table.quality().empty() == Empty.OK) {
                entry++;
                return null;
            }
            EntryReader opened = new EntryReader(stream, number + 1, table.format(), matcher, columns, maxRecord);
            etag = stream.etag();
            columns = opened.columns();
            judge.open(opened, number);
            reader = opened;
            return opened;
        } finally {
            if (reader == null) {
                stream.close();
            }
        }
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
        return new Position(
                entry,
                etag,
                reader == null ? 0 : reader.rows(),
                rows,
                columns,
                readBefore,
                rejects.rows(),
                rejects.objects());
    }

    private void closeEntry() {
        EntryReader open = reader;
        reader = null;
        if (open != null) {
            open.close();
        }
    }

    /** Gives the connection back. */
    @Override
    public void close() {
        closeEntry();
    }
}
