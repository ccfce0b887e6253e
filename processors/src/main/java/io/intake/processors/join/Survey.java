package io.intake.processors.join;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a chunk's rows stand.
 *
 * @param chunk by number
 * @param orders those in which all its rows stand; none where a row has no key, or a long one
 * @param last the last row's key; null where no row begins in the chunk, or it was not read to its end
 * @param marks some of its rows, the first one among them, in order
 */
record Survey(int chunk, List<KeyOrder> orders, byte @Nullable [] last, List<Mark> marks) {
    Survey {
        orders = List.copyOf(orders);
        marks = List.copyOf(marks);
    }

    /**
     * A row.
     *
     * @param offset in its piece
     * @param key as {@link RowKey#values}
     */
    record Mark(long offset, byte[] key) {}
}
