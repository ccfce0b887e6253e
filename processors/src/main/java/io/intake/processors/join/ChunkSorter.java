package io.intake.processors.join;

import io.intake.processors.join.JoinTree.Step;
import io.intake.processors.join.Phase.Chunk;
import io.intake.store.ByteRange;
import io.intake.store.ObjectStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Sorts a chunk's rows by partition: an object that begins with the places of the partitions, so that each is read by a range.
 * Which rows are a chunk's depends on its bounds alone: those that begin in it. Thread-safe.
 */
final class ChunkSorter {
    private final ObjectStore store;
    private final JoinTree tree;
    private final int recordBytes;

    ChunkSorter(ObjectStore store, JoinTree tree, int recordBytes) {
        this.store = store;
        this.tree = tree;
        this.recordBytes = recordBytes;
    }

    /** The object's bytes. */
    Bytes sort(Chunk chunk, Step step, int partitions) {
        List<List<Row>> rows = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            rows.add(new ArrayList<>(0));
        }
        KeyColumns key = new KeyColumns(columns(chunk.node(), step));
        int below = tree.node(chunk.node()).below();
        // From the byte before: only what follows a line feed begins here
        long from = Math.max(0, chunk.from() - 1);
        ByteRange range = new ByteRange(from, chunk.piece().bytes() - from);
        try (LineReader lines = RowReader.open(store, chunk.piece(), range, below, recordBytes)) {
            if (chunk.from() > 0) {
                lines.next();
            }
            while (lines.offset() < chunk.to()) {
                Row row = RowReader.read(lines, chunk.piece().form(), below);
                if (row == null) {
                    break;
                }
                RowKey own = key.of(row.json());
                int partition = own == null ? RowKey.partition(row.ordinal(), partitions) : own.partition(partitions);
                rows.get(partition).add(row);
            }
        }
        return written(rows, chunk);
    }

    private static List<String> columns(int node, Step step) {
        return step.edges().stream()
                .filter(edge -> edge.child() == node)
                .map(edge -> edge.rule().columns())
                .findFirst()
                .orElse(step.columns());
    }

    private static Bytes written(List<List<Row>> rows, Chunk chunk) {
        int head = (rows.size() + 1) * Long.BYTES;
        Bytes sorted = new Bytes(head + (chunk.to() - chunk.from()) * 9 / 8);
        ByteBuffer places = ByteBuffer.allocate(head);
        sorted.add(places.array());
        for (List<Row> partition : rows) {
            places.putLong(sorted.size());
            for (Row row : partition) {
                sorted.add(row.prefix());
                sorted.add(row.json());
                sorted.add('\n');
            }
        }
        places.putLong(sorted.size());
        sorted.set(places.array());
        return sorted;
    }
}
