package io.intake.processors.join;

import io.intake.processors.join.Stretch.Span;
import io.intake.store.ByteRange;
import org.jspecify.annotations.Nullable;

/** The rows of a sorted table that lie in a partition: where they may be, and which of those they are. Immutable. */
final class KeyRange {
    private final Stretch stretch;
    private final Span span;
    private final KeyColumns columns;

    KeyRange(Stretch stretch, int node, KeyColumns columns) {
        this.stretch = stretch;
        this.span = stretch.span(node);
        this.columns = columns;
    }

    /**
     * What of a piece has to be read.
     *
     * @param base how much of the table comes before the piece
     * @return null for nothing
     */
    @Nullable
    ByteRange of(Piece piece, long base) {
        long from = Math.max(0, span.begin() - base);
        long to = Math.min(piece.bytes(), span.end() - base);
        return to <= from ? null : new ByteRange(from, to - from);
    }

    /**
     * Whether a row lies in the partition.
     *
     * @param at its place in the table
     */
    boolean holds(Row row, long at) {
        if (at >= span.sure() && at < span.unsure()) {
            return true;
        }
        RowKey key = columns.of(row.json());
        if (key == null) {
            throw new IllegalStateException("a row of a sorted table has lost its key");
        }
        return !stretch.before(key.values()) && !stretch.behind(key.values());
    }
}
