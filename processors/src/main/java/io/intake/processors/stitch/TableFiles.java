package io.intake.processors.stitch;

import io.intake.bucket.BucketLayout;
import io.intake.config.Quality.Empty;
import io.intake.processors.job.Reading;
import io.intake.processors.plan.Plan.TablePlan;
import io.intake.processors.stitch.StitchCursor.Opened;
import io.intake.processors.stitch.StitchCursor.Position;
import io.intake.store.ObjectStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens a table's files one after another from a place on. Holds one record. Not thread-safe. */
final class TableFiles implements AutoCloseable {
    private final ObjectStore store;
    private final String job;
    private final TablePlan table;
    private final long maxRecord;
    private final HeaderMatcher matcher;
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
    private long read;

    /** @param from where to begin */
    TableFiles(ObjectStore store, String job, TablePlan table, Position from, long maxRecord) {
        this.store = store;
        this.job = job;
        this.table = table;
        this.maxRecord = maxRecord;
        this.matcher = new HeaderMatcher(table.columns(), table.rules());
        this.entry = from.entry();
        this.etag = from.etag();
        this.skip = from.entryRows();
        this.rows = from.rows();
        this.columns = from.columns();
        this.first = from.first();
        this.opened = from.opened();
        this.readings = from.readings();
        this.read = from.read();
    }

    /** Whether all files are behind. */
    boolean ended() {
        while (reader == null && opened == null && entry < table.entries().size() && isNothing()) {
            entry++;
            etag = null;
        }
        return entry == table.entries().size();
    }

    /** Whether the next file has no bytes at all, and may: it is no file then. */
    private boolean isNothing() {
        return table.quality().empty() == Empty.OK
                && store.head(BucketLayout.entry(job, table.entries().get(entry)))
                        .filter(info -> info.size() == 0)
                        .isPresent();
    }

    /** The file that comes next, or is being read; only while there is one. */
    EntryReader file() {
        EntryReader open = reader;
        return open != null ? open : open();
    }

    private EntryReader open() {
        int number = table.entries().get(entry);
        ExpectedFile expected = new ExpectedFile(
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

    /** Whether a row that was read is one of those that were read before. */
    boolean isBehind() {
        if (skip == 0) {
            return false;
        }
        skip--;
        return true;
    }

    /** Counts rows. */
    void count(long more) {
        rows += more;
    }

    /** Leaves a file that has been read to its end. */
    void left(EntryReader ended) {
        read += ended.rows();
        readings = Reading.with(readings, ended.reading(matcher, columns, entry == 0 ? List.of() : first));
        close();
        if (skip > 0) {
            throw new IllegalStateException("an entry lost rows since it was read first");
        }
        entry++;
        etag = null;
    }

    /** The number of the present file's entry in the plan. */
    int number() {
        return table.entries().get(entry);
    }

    /** The size of the present file, in bytes. */
    long size() {
        return size;
    }

    /** What the present file was when it was opened. */
    @Nullable
    String etag() {
        return etag;
    }

    /** The place behind the row that was read last. */
    Position position() {
        EntryReader open = reader;
        Opened at = open == null ? null : open.opened(size);
        return new Position(
                entry, etag, open == null ? 0 : open.rows(), rows, columns, first, at, readings, read, 0, 0);
    }

    /** Gives the connection back. */
    @Override
    public void close() {
        EntryReader open = reader;
        reader = null;
        if (open != null) {
            open.close();
        }
    }
}
