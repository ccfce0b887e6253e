package io.intake.processors.join;

import io.intake.processors.join.Piece.Form;
import io.intake.processors.stitch.EntryStream;
import io.intake.store.ByteRange;
import io.intake.store.ObjectStore;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the rows of a table, or of one partition of it, piece by piece. Holds one row. Not thread-safe. */
final class RowReader implements AutoCloseable {
    /** What each number before a record may take. */
    private static final int NUMBER = 24;

    private final ObjectStore store;
    private final Iterator<Piece> pieces;
    private final int partition;
    private final int recordBytes;
    private final int below;
    private final @Nullable KeyRange keys;
    private @Nullable LineReader lines;
    /** How much of the table comes before the piece that is open, and before the one behind it. */
    private long base;

    private long nextBase;
    private Form form = Form.STITCHED;

    /**
     * @param pieces in order
     * @param partition which one to read of pieces that are sorted by it; others are read whole
     * @param below how many tables are below the rows' own
     * @param keys of the partition, where the pieces are sorted as they are; null where they are not
     */
    RowReader(
            ObjectStore store, List<Piece> pieces, int partition, int below, int recordBytes, @Nullable KeyRange keys) {
        this.keys = keys;
        this.store = store;
        this.pieces = pieces.iterator();
        this.partition = partition;
        this.below = below;
        this.recordBytes = recordBytes;
    }

    /** The next row; null behind the last. */
    @Nullable
    Row next() {
        while (lines != null || open()) {
            LineReader reader = lines;
            if (reader != null) {
                long at = base + reader.offset();
                Row row = read(reader, form, below);
                if (row == null) {
                    close();
                } else if (keys == null || keys.holds(row, at)) {
                    return row;
                }
            }
        }
        return null;
    }

    /** The next row of an open piece; null behind the last. */
    static @Nullable Row read(LineReader lines, Form form, int below) {
        long offset = lines.offset();
        byte[] line = lines.next();
        if (line == null) {
            return null;
        }
        return form == Form.STITCHED ? Row.stitched(offset, below, line) : Row.parse(line);
    }

    /** Opens the next piece, or finds that there is nothing in it. */
    private boolean open() {
        if (!pieces.hasNext()) {
            return false;
        }
        Piece piece = pieces.next();
        form = piece.form();
        base = nextBase;
        nextBase += piece.bytes();
        ByteRange range =
                piece.form() == Form.CHUNK ? share(piece) : keys == null ? whole(piece) : keys.of(piece, base);
        lines = range == null ? null : open(store, piece, range, below, recordBytes);
        return range != null || open();
    }

    /** Opens lines of a piece. */
    static LineReader open(ObjectStore store, Piece piece, ByteRange range, int below, int recordBytes) {
        int longest = piece.form() == Form.STITCHED ? recordBytes : recordBytes + NUMBER * (below + 2);
        return new LineReader(EntryStream.range(store, piece.key(), range), range.offset(), longest);
    }

    private static @Nullable ByteRange whole(Piece piece) {
        return piece.bytes() == 0 ? null : new ByteRange(0, piece.bytes());
    }

    private @Nullable ByteRange share(Piece piece) {
        ByteRange bounds = new ByteRange((long) partition * Long.BYTES, 2L * Long.BYTES);
        try (DataInputStream in = new DataInputStream(EntryStream.range(store, piece.key(), bounds))) {
            long from = in.readLong();
            long to = in.readLong();
            return to == from ? null : new ByteRange(from, to - from);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        LineReader open = lines;
        lines = null;
        if (open != null) {
            open.close();
        }
    }
}
