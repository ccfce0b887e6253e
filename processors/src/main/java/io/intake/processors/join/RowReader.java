package io.intake.processors.join;

import io.intake.processors.join.Piece.Form;
import io.intake.processors.stitch.EntryStream;
import io.intake.store.ByteRange;
import io.intake.store.ObjectStore;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the rows of a table, or of one partition of it, piece by piece. Holds one row. Not thread-safe. */
final class RowReader implements AutoCloseable {
    /** What each number before a record may take. */
    private static final int NUMBER = 24;

    private final ObjectStore store;
    private final ChunkPlaces chunks;
    private final Iterator<Piece> pieces;
    private final int partition;
    private final int partitions;
    private final int recordBytes;
    private final int below;
    private final @Nullable KeyRange keys;
    private @Nullable LineReader lines;
    /** How much of the table comes before the piece that is open, and before the one behind it. */
    private long base;

    private long nextBase;
    private Form form = Form.STITCHED;

    /**
     * @param chunks where partitions are in pieces that are sorted by them
     * @param pieces in order
     * @param partition which one to read of pieces that are sorted by it; others are read whole
     * @param partitions how many there are
     * @param below how many tables are below the rows' own
     * @param keys of the partition, where the pieces are sorted as they are; null where they are not
     */
    RowReader(
            ObjectStore store,
            ChunkPlaces chunks,
            List<Piece> pieces,
            int partition,
            int partitions,
            int below,
            int recordBytes,
            @Nullable KeyRange keys) {
        this.chunks = chunks;
        this.partitions = partitions;
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

    /** Opens the next piece that has anything; false if there is none. */
    private boolean open() {
        while (lines == null && pieces.hasNext()) {
            Piece piece = pieces.next();
            form = piece.form();
            base = nextBase;
            nextBase += piece.bytes();
            lines = form == Form.CHUNK ? share(piece) : stretch(piece);
        }
        return lines != null;
    }

    private @Nullable LineReader stretch(Piece piece) {
        ByteRange range = keys == null ? whole(piece) : keys.of(piece, base);
        return range == null ? null : open(store, piece, range, below, recordBytes);
    }

    private @Nullable LineReader share(Piece piece) {
        EntryStream rows = chunks.open(piece.key(), partition, partitions);
        return rows == null ? null : new LineReader(rows, 0, longest(piece, below, recordBytes));
    }

    /** Opens lines of a piece. */
    static LineReader open(ObjectStore store, Piece piece, ByteRange range, int below, int recordBytes) {
        EntryStream rows = EntryStream.range(store, piece.key(), range);
        return new LineReader(rows, range.offset(), longest(piece, below, recordBytes));
    }

    private static int longest(Piece piece, int below, int recordBytes) {
        return piece.form() == Form.STITCHED ? recordBytes : recordBytes + NUMBER * (below + 2);
    }

    private static @Nullable ByteRange whole(Piece piece) {
        return piece.bytes() == 0 ? null : new ByteRange(0, piece.bytes());
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
