package io.intake.processors.join;

import io.intake.processors.join.JoinTree.Step;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The parents of a partition with the lowest ordinals behind a place, as many as fit into memory with the rows that belong
 * to them. What does not fit is put out from the end, and comes in a later window. Where a window ends depends on the rows
 * and the limits alone. Not thread-safe.
 */
final class Window {
    /** What a parent costs beside its row: its key, its lists, its places in the window. */
    private static final int PARENT_BYTES = 320;

    private final int children;
    /** What the names of the lists, and what stands around them, add to each record. */
    private final long names;

    private final JoinLimits limits;
    private final TreeMap<Long, Held> held = new TreeMap<>();
    private final Map<RowKey, Held> byKey = new HashMap<>();
    /** The lowest ordinal that was put out: those from here on are another window's. */
    private long bound = Long.MAX_VALUE;

    private long bytes;

    Window(Step step, JoinLimits limits) {
        this.children = step.edges().size();
        this.names = step.edges().stream()
                .mapToLong(edge -> KeyColumns.quoted(edge.rule().as()).length + 4L)
                .sum();
        this.limits = limits;
    }

    /** A parent with the rows that belong to it so far, by edge. */
    static final class Held {
        private final Row row;
        private final @Nullable RowKey key;
        private final List<List<Row>> children = new ArrayList<>();
        private long recordBytes;
        private long cost;
        private boolean duplicate;

        Held(Row row, @Nullable RowKey key, int edges, long names) {
            this.row = row;
            this.key = key;
            this.recordBytes = row.json().length + names;
            this.cost = row.cost() + PARENT_BYTES;
            for (int i = 0; i < edges; i++) {
                children.add(new ArrayList<>(0));
            }
        }

        Row row() {
            return row;
        }

        /** Whether an earlier row has its key. */
        boolean duplicate() {
            return duplicate;
        }

        long recordBytes() {
            return recordBytes;
        }

        /** In the order of their table, once the window is complete. */
        List<Row> children(int edge) {
            return children.get(edge);
        }
    }

    /**
     * Offers a parent. Half of the memory is for them; the rest is for their children.
     *
     * @throws io.intake.processors.job.RefusedException if it is too large for a record
     */
    void offer(Row row, @Nullable RowKey key) {
        if (row.ordinal() >= bound) {
            return;
        }
        Held parent = new Held(row, key, children, names);
        requireFits(parent);
        held.put(row.ordinal(), parent);
        bytes += parent.cost;
        while (bytes > limits.heldBytes() / 2 && held.size() > 1) {
            putOut();
        }
    }

    /** All parents were offered: children may come. */
    void ready() {
        for (Held parent : held.values()) {
            RowKey key = parent.key;
            if (key != null) {
                parent.duplicate = byKey.putIfAbsent(key, parent) != null;
            }
        }
    }

    /**
     * Gives a child to its parent, if that is here.
     *
     * @throws io.intake.processors.job.RefusedException if the record gets too large
     */
    void take(int edge, Row row, RowKey key) {
        Held parent = byKey.get(key);
        if (parent == null) {
            return;
        }
        parent.children.get(edge).add(row);
        parent.recordBytes += row.json().length + 1L;
        parent.cost += row.cost();
        bytes += row.cost();
        requireFits(parent);
        while (bytes > limits.heldBytes() && held.size() > 1) {
            putOut();
        }
    }

    private void requireFits(Held parent) {
        if (parent.recordBytes > limits.recordBytes()) {
            throw JoinFailures.recordTooLarge(limits.recordBytes());
        }
    }

    private void putOut() {
        Held last = held.pollLastEntry().getValue();
        bound = last.row.ordinal();
        bytes -= last.cost;
        RowKey key = last.key;
        if (key != null) {
            byKey.remove(key, last);
        }
    }

    /** A row of an earlier window has a key: if one of this window has it too, that is a duplicate. */
    void earlier(RowKey key) {
        Held parent = byKey.get(key);
        if (parent != null) {
            parent.duplicate = true;
        }
    }

    /** The lowest ordinal that is left for later windows; {@link Long#MAX_VALUE} if there is none. */
    long bound() {
        return bound;
    }

    /** All children were offered: they are put in order. */
    void complete() {
        for (Held parent : held.values()) {
            parent.children.forEach(rows -> rows.sort(Comparator.comparingLong(Row::ordinal)));
        }
    }

    /** In the order of their table. */
    Collection<Held> parents() {
        return held.values();
    }

    /** The last parent's place; what came before is done. */
    long last() {
        return held.lastKey();
    }

    /** How many bytes the records have together, or some more. */
    long recordBytes() {
        return held.values().stream()
                .mapToLong(parent -> parent.recordBytes + 32)
                .sum();
    }
}
