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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the next batch out of a stitched table. Where a batch ends depends on the bytes and the limits only, never on time,
 * so that a batch sent again after a crash is the same batch.
 */
final class BatchReader {
    private final ObjectStore store;
    private final int maxBytes;

    private final AtomicReference<@Nullable Kept> last = new AtomicReference<>();

    private record Kept(String key, String etag, DelimitedTable form) {}

    private static final int LEAST_AHEAD = 64 << 10;
    private static final int MOST_AHEAD = 4 << 20;

    /** How long the last batch was: what the next is read by, so that little is read in vain and nothing in small pieces. */
    private final AtomicInteger usual = new AtomicInteger(256 << 10);

    /** A piece of a table. */
    private record Window(String key, String etag, long size, long offset, byte[] bytes, boolean rows) {}

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
        try {
            Window window = window(key, null, offset);
            if (!window.rows()) {
                return lines(window, maxRecords, offset);
            }
            DelimitedTable.Rows rows =
                    form(key, window.etag()).read(store, key, window.etag(), offset, maxRecords, maxBytes);
            return new Lines(rows.lines(), rows.count(), rows.end(), rows.end() >= window.size());
        } catch (RangeException end) {
            return new Lines(new byte[0], 0, offset, true);
        } catch (AbsentException gone) {
            throw new IllegalStateException("a stitched table of this job is gone", gone);
        } catch (IOException lost) {
            throw new TransientStoreException("read", key, "connection lost", lost);
        }
    }

    /**
     * Reads a piece to its end, so that the connection can be used again.
     *
     * @param etag of the table as it was begun; null to begin
     */
    private Window window(String key, @Nullable String etag, long offset) throws IOException {
        int most = Math.clamp(usual.get() * 5L / 4, LEAST_AHEAD, MOST_AHEAD);
        try (ObjectContent content = store.read(new ReadRequest(key, new ByteRange(offset, most), etag, null))) {
            ObjectInfo info = content.info();
            boolean rows = DelimitedTable.TYPE.equals(info.contentType());
            int length = rows ? 0 : (int) Math.min(most, info.size() - offset);
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
                throw new IOException("stream ends early");
            }
            // Behind its start even where it has no bytes, so that it is sent once
            return new Lines(bytes, 1, Math.max(1, size), true);
        } catch (IOException lost) {
            throw new TransientStoreException("read", key, "connection lost", lost);
        }
    }

    /** How a table that holds delimited rows is read. */
    private DelimitedTable form(String key, String etag) {
        Kept kept = last.get();
        if (kept == null || !kept.key().equals(key) || !kept.etag().equals(etag)) {
            try (ObjectContent content = store.read(ReadRequest.whole(BucketLayout.formOf(key)))) {
                kept = new Kept(key, etag, Json.read(content.stream().readAllBytes(), DelimitedTable.class));
            } catch (IOException lost) {
                throw new TransientStoreException("read", key, "connection lost", lost);
            }
            last.set(kept);
        }
        return kept.form();
    }

    private Lines lines(Window first, int maxRecords, long offset) throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream(1 << 16);
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
                    full = records == maxRecords || lines.size() + (i - begin) >= maxBytes;
                }
            }
            lines.write(window.bytes(), begin, i - begin);
            at += i - begin;
            if (full || at >= window.size()) {
                usual.set(lines.size());
                return new Lines(lines.toByteArray(), records, at, at >= window.size());
            }
            window = window(first.key(), first.etag(), at);
        }
    }
}
