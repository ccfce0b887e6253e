package io.intake.processors.stitch;

import io.intake.bucket.BucketLayout;
import io.intake.processors.job.Reading;
import io.intake.processors.plan.Plan.TablePlan;
import io.intake.processors.stitch.StitchCursor.Opened;
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
    private List<String> first;
    private @Nullable Opened opened;
    private List<Reading> readings;
    private @Nullable EntryReader reader;
    private long size;
    private Position start;
    private int look;

    /** @param from where to begin; the rows before it in its file are read over */
    TableReader(ObjectStore store, String job, TablePlan table, Position from, long maxRecord) {
        this.store = store;
        this.job = job;
        this.table = table;
        this.maxRecord = maxRecord;
        this.matcher = new HeaderMatcher(table.columns(), table.rules());
        this.start = from;
        this.entry = from.entry();
        this.etag = from.etag();
        this.skip = from.entryRows();
        this.rows = from.rows();
        this.columns = from.columns();
        this.first = from.first();
        this.opened = from.opened();
        this.readings = from.readings();
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
                return Stop.END;
            }
            row(reader != null ? reader : openEntry());
        }
        return Stop.FULL;
    }

    private void row(EntryReader from) {
        if (!from.next()) {
            readings = Reading.with(readings, from.reading(matcher, columns, entry == 0 ? List.of() : first));
            closeEntry();
            if (skip > 0) {
                throw new IllegalStateException("an entry lost rows since it was read first");
            }
            entry++;
            etag = null;
        } else if (skip > 0) {
            skip--;
        } else {
            from.write(buffer);
            rows++;
        }
    }

    private EntryReader openEntry() {
        int number = table.entries().get(entry);
        EntryReader.Expected expected = new EntryReader.Expected(
                number + 1, table.format(), matcher, columns, entry == 0 ? List.of() : first, maxRecord);
        Opened left = opened;
        opened = null;
        EntryStream stream = stream(BucketLayout.entry(job, number), left);
        try {
            EntryReader now = new EntryReader(stream, expected, left, left == null ? 0 : skip);
            skip = left == null ? skip : 0;
            etag = stream.etag();
            size = stream.size();
            columns = now.columns();
            first = entry == 0 ? now.header() : first;
            reader = now;
            return now;
        } finally {
            if (reader == null) {
                stream.close();
            }
        }
    }

    private EntryStream stream(String key, @Nullable Opened left) {
        String pinned = etag;
        return left == null || pinned == null
                ? EntryStream.open(store, key, pinned)
                : EntryStream.from(store, key, pinned, left.offset(), left.size());
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
        EntryReader open = reader;
        Opened at = open == null ? null : open.opened(size);
        return new Position(entry, etag, open == null ? 0 : open.rows(), rows, columns, first, at, readings);
    }

    private void closeEntry() {
        EntryReader open = reader;
        reader = null;
        if (open != null) {
            open.close();
        }
    }

    /** What was found in the files that have been read. */
    List<Reading> readings() {
        return readings;
    }

    /** Gives the connection back. */
    @Override
    public void close() {
        closeEntry();
    }
}
