package io.intake.processors.forward;

import io.intake.store.ByteRange;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.ReadRequest;
import io.intake.store.TransientStoreException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Cuts the next batch out of a stitched table. Where a batch ends depends on the bytes and the limits only, never on time,
 * so that a batch sent again after a crash is the same batch.
 */
final class BatchReader {
    private final ObjectStore store;
    private final int maxBytes;

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
     */
    record Lines(byte[] bytes, int records) {
        static final Lines NONE = new Lines(new byte[0], 0);
    }

    /** Reads up to a number of records from an offset on, which is where a record begins. */
    Lines read(String key, long offset, int maxRecords) {
        ObjectInfo info =
                store.head(key).orElseThrow(() -> new IllegalStateException("a stitched table of this job is gone"));
        if (offset >= info.size()) {
            return new Lines(new byte[0], 0);
        }
        ByteRange rest = new ByteRange(offset, info.size() - offset);
        try (ObjectContent content = store.read(ReadRequest.range(key, rest, info.etag()))) {
            return lines(new BufferedInputStream(content.stream(), 1 << 16), maxRecords);
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
            return new Lines(bytes, 1);
        } catch (IOException lost) {
            throw new TransientStoreException("read", key, "connection lost", lost);
        }
    }

    private Lines lines(InputStream stream, int maxRecords) throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream(1 << 16);
        int records = 0;
        int next = stream.read();
        while (next >= 0) {
            lines.write(next);
            if (next == '\n') {
                records++;
                // Asked between records only: a batch must not end within one
                if (records == maxRecords || lines.size() >= maxBytes) {
                    break;
                }
            }
            next = stream.read();
        }
        return new Lines(lines.toByteArray(), records);
    }
}
