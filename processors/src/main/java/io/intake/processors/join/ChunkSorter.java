package io.intake.processors.join;

import io.intake.processors.join.JoinTree.Step;
import io.intake.processors.join.Phase.Chunk;
import io.intake.processors.join.Piece.Form;
import io.intake.store.ByteRange;
import io.intake.store.Content;
import io.intake.store.ObjectStore;

/**
 * Sorts a chunk's rows by partition: an object that begins with the places of the partitions, so that each is read by a range.
 * Which rows are a chunk's depends on its bounds alone: those that begin in it. Thread-safe.
 */
final class ChunkSorter {
    /** A chunk's last row ends behind it, nearly always by less. */
    private static final int ROOM = 1 << 16;

    private final ObjectStore store;
    private final JoinTree tree;
    private final int recordBytes;

    ChunkSorter(ObjectStore store, JoinTree tree, int recordBytes) {
        this.store = store;
        this.tree = tree;
        this.recordBytes = recordBytes;
    }

    /** The object's bytes. */
    Content sort(Chunk chunk, Step step, int partitions) {
        KeyColumns key = new KeyColumns(step.columns(chunk.node()));
        Form form = chunk.piece().form();
        int below = tree.node(chunk.node()).below();
        SortedRows sorted = new SortedRows(partitions, form, below, chunk.to() - chunk.from() + ROOM);
        // From the byte before: only what follows a line feed begins here
        long from = Math.max(0, chunk.from() - 1);
        ByteRange range = new ByteRange(from, chunk.piece().bytes() - from);
        try (LineReader lines = RowReader.open(store, chunk.piece(), range, below, recordBytes)) {
            if (chunk.from() > 0) {
                lines.next();
            }
            while (lines.offset() < chunk.to()) {
                long offset = lines.offset();
                byte[] line = lines.next();
                if (line == null) {
                    break;
                }
                int json = form == Form.STITCHED ? 0 : Row.prefixLength(line);
                RowKey own = key.of(line, json);
                long ordinal = form == Form.STITCHED ? offset : Row.ordinal(line);
                int partition = own == null ? RowKey.partition(ordinal, partitions) : own.partition(partitions);
                sorted.add(partition, offset, line);
            }
        }
        return sorted.content();
    }
}
