package io.intake.processors.forward;

import io.intake.bucket.BucketLayout;
import io.intake.processors.Json;
import io.intake.processors.stitch.DelimitedTable;
import io.intake.store.AbsentException;
import io.intake.store.ByteRange;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.RangeException;
import io.intake.store.ReadRequest;
import io.intake.store.TransientStoreException;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the next batch out of a stitched table. Where a batch ends depends on the bytes and the limits only, never on time,
 * so that a batch sent again after a crash is the same batch. Reads some batches at once, so that not each waits for the store.
 * For one run of a job; not thread-safe.
 */
final class BatchReader implements AutoCloseable {
    /** Little enough to be read in vain where a run ends. */
    private static final int AHEAD = 4 << 20;

    private final ObjectStore store;
    private final int maxBytes;

    /** What the last batch was cut from: the next begins in it. */
    private @Nullable Window ahead;

    /** The table of delimited rows that the last batch came from. */
    private @Nullable Delimited delimited;

    /** A piece of a table. */
    private record Window(String key, String etag, long size, long offset, byte[] bytes, boolean rows) {
        boolean holds(String table, long place) {
            return key.equals(table) && place >= offset && place < offset + bytes.length;
        }
    }

    private record Delimited(String key, long size, DelimitedTable.Reading reading) {}

    /** @param maxBytes a batch ends with the record that reaches so many bytes */
    BatchReader(ObjectStore store, int maxBytes) {
        this.store = store;
        this.maxBytes = maxBytes;
    }

    /**
     * The lines of a batch.
     *
     * @param bytes whole lines, with their newlines
     * @param records how many lines; 0 at the end of the table
     * @param end where the next batch begins in the table's object
     * @param last whether the table has no more: nobody need ask again
     */
    record Lines(byte[] bytes, int records, long end, boolean last) {}

    /** Reads up to a number of records from an offset on, which is where a record begins. */
    Lines read(String key, long offset, int maxRecords) {
        Delimited open = delimited;
        if (open != null && open.key().equals(key) && open.reading().at() == offset) {
            return rows(open, maxRecords);
        }
        try {
            Window window = ahead != null && ahead.holds(key, offset) ? ahead : window(key, null, offset);
            return window.rows() ? rows(opened(window), maxRecords) : lines(window, maxRecords, offset);
        } catch (RangeException end) {
            return new Lines(new byte[0], 0, offset, true);
        } catch (AbsentException gone) {
            throw new IllegalStateException("a stitched table of this job is gone", gone);
        } catch (IOException lost) {
            throw lost(key, lost);
        }
    }

    private static TransientStoreException lost(String key, IOException why) {
        return new TransientStoreException("read", key, "connection lost", why);
    }

    /**
     * Reads a piece to its end, so that the connection can be used again.
     *
     * @param etag of the table as it was begun; null to begin
     */
    private Window window(String key, @Nullable String etag, long offset) throws IOException {
        try (ObjectContent content = store.read(new ReadRequest(key, new ByteRange(offset, AHEAD), etag, null))) {
            ObjectInfo info = content.info();
            boolean rows = DelimitedTable.TYPE.equals(info.contentType());
            int length = rows ? 0 : (int) Math.min(AHEAD, info.size() - offset);
            byte[] bytes = content.stream().readNBytes(length);
            if (bytes.length < length) {
                throw new EOFException("the stream ends early");
            }
            return new Window(key, info.etag(), info.size(), offset, bytes, rows);
        }
    }

    /** A file as it is, in one piece. */
    Lines whole(String key) {
        try (ObjectContent content = store.read(ReadRequest.whole(key))) {
            long size = content.info().size();
            byte[] bytes = content.stream().readNBytes(Math.toIntExact(size));
            if (bytes.length < size) {
                throw new EOFException("the stream ends early");
            }
            // Behind its start even where it has no bytes, so that it is sent once
            return new Lines(bytes, 1, Math.max(1, size), true);
        } catch (IOException lost) {
            throw lost(key, lost);
        }
    }

    private Delimited opened(Window at) throws IOException {
        close();
        try (ObjectContent content = store.read(ReadRequest.whole(BucketLayout.formOf(at.key())))) {
            DelimitedTable form = Json.read(content.stream().readAllBytes(), DelimitedTable.class);
            Delimited open = new Delimited(at.key(), at.size(), form.from(store, at.key(), at.etag(), at.offset()));
            delimited = open;
            return open;
        }
    }

    private Lines rows(Delimited open, int maxRecords) {
        try {
            DelimitedTable.Rows rows = open.reading().next(maxRecords, maxBytes);
            return new Lines(rows.lines(), rows.count(), rows.end(), rows.end() >= open.size());
        } catch (RuntimeException failed) {
            // Who tries again begins where the batch does
            close();
            throw failed;
        }
    }

    private Lines lines(Window first, int maxRecords, long offset) throws IOException {
        ByteArrayOutputStream before = new ByteArrayOutputStream();
        int records = 0;
        Window window = first;
        long at = offset;
        while (true) {
            int begin = (int) (at - window.offset());
            int i = begin;
            boolean full = false;
            while (i < window.bytes().length && !full) {
                if (window.bytes()[i++] == '\n') {
                    records++;
                    // Asked between records only: a batch must not end within one
                    full = records == maxRecords || before.size() + (i - begin) >= maxBytes;
                }
            }
            at += i - begin;
            boolean last = at >= window.size();
            if (full || last) {
                ahead = last ? null : window;
                return new Lines(with(before, window.bytes(), begin, i), records, at, last);
            }
            before.write(window.bytes(), begin, i - begin);
            window = window(first.key(), first.etag(), at);
        }
    }

    private static byte[] with(ByteArrayOutputStream before, byte[] bytes, int from, int to) {
        if (before.size() == 0) {
            return Arrays.copyOfRange(bytes, from, to);
        }
        before.write(bytes, from, to - from);
        return before.toByteArray();
    }

    /** Lets go of what is open; reading again opens it again. */
    @Override
    public void close() {
        Delimited open = delimited;
        delimited = null;
        if (open != null) {
            open.reading().close();
        }
    }
}
