package io.intake.processors.stitch;

import io.intake.bucket.BucketLayout;
import io.intake.processors.PutOnce;
import io.intake.processors.quality.RowProblem;
import io.intake.store.ObjectStore;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the rows of a table that are not as agreed, as lines for its sender, in objects of bounded size. Where an object ends
 * depends on the rows and the table's parts alone: whoever reads the same rows writes the same objects, so that writing them
 * again, after a crash or by two invocations at once, changes nothing. Holds one object. Not thread-safe.
 */
final class RejectedRows {
    /** A list for people to work through; whoever gets more of them has to correct what writes the file. */
    static final long MAX_ROWS = 1_000_000;

    private static final long MAX_BYTES = 256L << 20;
    private static final int OBJECT_BYTES = 4 << 20;
    private static final String TYPE = "application/x-ndjson";

    private final ObjectStore store;
    private final String job;
    private final int table;
    private final byte[] head;
    private final NdjsonBuffer buffer = new NdjsonBuffer();
    private int objects;
    private long rows;

    /**
     * @param name the table's
     * @param objects how many are written already
     * @param rows how many rows they hold
     */
    RejectedRows(ObjectStore store, String job, int table, String name, int objects, long rows) {
        this.store = store;
        this.job = job;
        this.table = table;
        this.objects = objects;
        this.rows = rows;
        NdjsonBuffer start = new NdjsonBuffer();
        text("{\"table\":", start);
        start.string(name);
        this.head = start.toByteArray();
    }

    /**
     * Adds a row.
     *
     * @param file its file's number in the archive, from 1
     * @param name the file's; null where not known
     * @param row its place in the file, from 1 behind the header line
     * @param names of the values, empty for those that are left out; null where their number does not fit the file's columns
     */
    void add(
            int file,
            @Nullable String name,
            long row,
            List<RowProblem> problems,
            @Nullable List<String> names,
            int width,
            IntFunction<String> values) {
        buffer.raw(head);
        text(",\"file\":" + file, buffer);
        if (name != null) {
            text(",\"name\":", buffer);
            buffer.string(name);
        }
        text(",\"row\":" + row + ",\"problems\":", buffer);
        problems(problems);
        text(",\"values\":", buffer);
        values(names, width, values);
        text("}\n", buffer);
        rows++;
        if (buffer.size() >= OBJECT_BYTES) {
            flush();
        }
        if (rows > MAX_ROWS || (long) objects * OBJECT_BYTES > MAX_BYTES) {
            throw StitchFailures.tooManyRejects(table, rows);
        }
    }

    private void problems(List<RowProblem> problems) {
        buffer.raw('[');
        for (int i = 0; i < problems.size(); i++) {
            text(i == 0 ? "{" : ",{", buffer);
            if (!problems.get(i).column().isEmpty()) {
                text("\"column\":", buffer);
                buffer.string(problems.get(i).column());
                buffer.raw(',');
            }
            text("\"code\":\"" + problems.get(i).code() + "\"}", buffer);
        }
        buffer.raw(']');
    }

    private void values(@Nullable List<String> names, int width, IntFunction<String> values) {
        buffer.raw(names == null ? '[' : '{');
        boolean first = true;
        for (int i = 0; i < width; i++) {
            if (names != null && names.get(i).isEmpty()) {
                continue;
            }
            if (!first) {
                buffer.raw(',');
            }
            first = false;
            if (names != null) {
                buffer.string(names.get(i));
                buffer.raw(':');
            }
            buffer.string(values.apply(i));
        }
        buffer.raw(names == null ? ']' : '}');
    }

    /** Writes what is held; nothing if nothing is. */
    void flush() {
        if (buffer.size() == 0) {
            return;
        }
        String key = BucketLayout.rejects(job, table, objects);
        if (!PutOnce.put(store, key, buffer.content(), TYPE)) {
            throw StitchFailures.outputConflict(table);
        }
        objects++;
        buffer.clear();
    }

    /** How many objects are written. */
    int objects() {
        return objects;
    }

    /** How many rows were added. */
    long rows() {
        return rows;
    }

    private static void text(String ascii, NdjsonBuffer target) {
        target.raw(ascii.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
}
