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
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the next batch out of a stitched table. Where a batch ends depends on the bytes and the limits only, never on time,
 * so that a batch sent again after a crash is the same batch.
 */
final class BatchReader {
    private final ObjectStore store;
    /** S3 cuts a range at the end of the object; none is larger. */
    private static final long TO_THE_END = 1L << 46;

    /** What is asked of the stream at once, at first. */
    private static final int CHUNK = 1 << 16;

    private final int maxBytes;

    private final AtomicReference<@Nullable Kept> last = new AtomicReference<>();

    private record Kept(String key, String etag, DelimitedTable form) {}

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
        ReadRequest request = new ReadRequest(key, new ByteRange(offset, TO_THE_END), null, null);
        try (ObjectContent content = store.read(request)) {
            ObjectInfo info = content.info();
            if (DelimitedTable.TYPE.equals(info.contentType())) {
                DelimitedTable.Rows rows =
                        form(key, info.etag()).read(store, key, info.etag(), offset, maxRecords, maxBytes);
                return new Lines(rows.lines(), rows.count(), rows.end(), rows.end() >= info.size());
            }
            return lines(content.stream(), offset, maxRecords, info.size() - offset);
        } catch (RangeException end) {
            return new Lines(new byte[0], 0, offset, true);
        } catch (AbsentException gone) {
            throw new IllegalStateException("a stitched table of this job is gone", gone);
        } catch (IOException lost) {
            throw new TransientStoreException("read", key, "connection lost", lost);
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

    private Lines lines(InputStream stream, long offset, int maxRecords, long left) throws IOException {
        byte[] bytes = new byte[CHUNK];
        int held = 0;
        int records = 0;
        while (true) {
            int read = stream.read(bytes, held, bytes.length - held);
            if (read < 0) {
                break;
            }
            for (int at = held; at < held + read; at++) {
                // Asked between records only: a batch must not end within one
                if (bytes[at] == '\n' && (++records == maxRecords || at + 1 >= maxBytes)) {
                    return new Lines(Arrays.copyOf(bytes, at + 1), records, offset + at + 1, at + 1 == left);
                }
            }
            held += read;
            if (held == bytes.length) {
                bytes = Arrays.copyOf(bytes, 2 * held);
            }
        }
        if (held < left) {
            throw new EOFException("the stream ends early");
        }
        return new Lines(Arrays.copyOf(bytes, held), records, offset + held, held == left);
    }
}
