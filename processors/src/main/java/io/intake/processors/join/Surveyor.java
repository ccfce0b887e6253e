package io.intake.processors.join;

import io.intake.processors.join.JoinTree.Step;
import io.intake.processors.join.Phase.Chunk;
import io.intake.processors.join.Piece.Form;
import io.intake.processors.join.Survey.Mark;
import io.intake.store.ByteRange;
import io.intake.store.ObjectStore;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sees whether a chunk's rows stand in the order of their keys, and reads no further once they do not. Thread-safe. */
final class Surveyor {
    /** Marks a chunk gets. */
    private static final int MARKS = 64;
    /** A longer key is not worth its place in the records of a join. */
    private static final int LONGEST_KEY = 256;

    private final ObjectStore store;
    private final JoinTree tree;
    private final int recordBytes;

    Surveyor(ObjectStore store, JoinTree tree, int recordBytes) {
        this.store = store;
        this.tree = tree;
        this.recordBytes = recordBytes;
    }

    /** Reads the rows that begin in a chunk. */
    Survey survey(Chunk chunk, Step step) {
        KeyColumns columns = new KeyColumns(step.columns(chunk.node()));
        Form form = chunk.piece().form();
        int below = tree.node(chunk.node()).below();
        EnumSet<KeyOrder> orders = EnumSet.allOf(KeyOrder.class);
        List<Mark> marks = new ArrayList<>();
        long apart = Math.max(1, (chunk.to() - chunk.from()) / MARKS);
        byte[] last = null;
        // From the byte before: only what follows a line feed begins here
        long from = Math.max(0, chunk.from() - 1);
        ByteRange range = new ByteRange(from, chunk.piece().bytes() - from);
        try (LineReader lines = RowReader.open(store, chunk.piece(), range, below, recordBytes)) {
            if (chunk.from() > 0) {
                lines.next();
            }
            long offset = lines.offset();
            for (byte[] line = offset < chunk.to() ? lines.next() : null;
                    line != null;
                    line = offset < chunk.to() ? lines.next() : null) {
                byte[] key = key(columns, line, form);
                narrow(orders, last, key);
                if (key == null || orders.isEmpty()) {
                    return new Survey(chunk.number(), List.of(), null, List.of());
                }
                if (marks.isEmpty() || offset - marks.getLast().offset() >= apart) {
                    marks.add(new Mark(offset, key));
                }
                last = key;
                offset = lines.offset();
            }
        }
        return new Survey(chunk.number(), List.copyOf(orders), last, marks);
    }

    private static byte @Nullable [] key(KeyColumns columns, byte[] line, Form form) {
        RowKey key = columns.of(line, form == Form.STITCHED ? 0 : Row.prefixLength(line));
        return key == null || key.values().length > LONGEST_KEY ? null : key.values();
    }

    private static void narrow(EnumSet<KeyOrder> orders, byte @Nullable [] last, byte @Nullable [] key) {
        if (last != null && key != null) {
            orders.removeIf(order -> order.compare(last, key) > 0);
        }
    }
}
