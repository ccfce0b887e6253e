package io.intake.processors.join;

import io.intake.config.Join.Unmatched;
import io.intake.processors.join.JoinCursor.Open;
import io.intake.processors.join.JoinTree.Edge;
import io.intake.processors.join.JoinTree.Step;
import io.intake.processors.quality.RowProblem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Nests the rows of one partition, window by window: children in their parents, then, where the feed wants them, those that
 * have none. Reads a partition's rows once for each window; nearly always there is one. A function of the rows, the cursor
 * and the limits. Not thread-safe.
 */
final class Nesting {
    private final JoinTree tree;
    private final Step step;
    private final JoinLimits limits;
    private final Source source;
    private final KeyColumns parentKey;
    private final List<KeyColumns> childKeys;

    /** Gives the rows of a table in the partition, in any order. */
    @FunctionalInterface
    interface Source {
        RowReader open(int node);
    }

    /**
     * What to store, and where to go on then.
     *
     * @param records null if there are none
     * @param next null if the partition is done
     */
    record Outcome(
            @Nullable Bytes records, Tally tally, @Nullable Place next) {}

    /** Where to go on: see {@link Open}. */
    record Place(int edge, long after) {}

    Nesting(JoinTree tree, Step step, JoinLimits limits, Source source) {
        this.tree = tree;
        this.step = step;
        this.limits = limits;
        this.source = source;
        this.parentKey = new KeyColumns(step.columns());
        this.childKeys = step.edges().stream()
                .map(edge -> new KeyColumns(edge.rule().columns()))
                .toList();
    }

    /** Makes the next window. */
    Outcome next(Open open) {
        Tally tally = new Tally(open.soFar().counts());
        return open.edge() < 0 ? parents(open.after(), tally) : unattached(open.edge(), open.after(), tally);
    }

    private Outcome parents(long after, Tally tally) {
        boolean first = after < 0;
        Window window = new Window(step, limits);
        offerParents(window, after, first, tally);
        window.ready();
        for (int edge = 0; edge < childKeys.size(); edge++) {
            takeChildren(window, edge, first, tally);
        }
        window.complete();
        if (!first) {
            markDuplicatesOfEarlier(window, after);
        }
        boolean last = window.bound() == Long.MAX_VALUE;
        Bytes records =
                window.parents().isEmpty() ? null : new RecordWriter(step, tree.isLast(step)).write(window, tally);
        if (!last) {
            return new Outcome(records, tally, new Place(-1, window.last()));
        }
        for (Edge edge : step.edges()) {
            int child = edge.child();
            long orphans =
                    tally.get(child, Tally.READ) - tally.get(child, Tally.BLANK) - tally.get(child, Tally.ATTACHED);
            tally.add(child, Tally.ORPHANS, orphans);
        }
        return new Outcome(records, tally, nextEdge(-1, tally));
    }

    private void offerParents(Window window, long after, boolean first, Tally tally) {
        KeyColumns lists = new KeyColumns(
                step.edges().stream().map(edge -> edge.rule().as()).toList());
        long read = 0;
        try (RowReader rows = source.open(step.parent())) {
            for (Row row = rows.next(); row != null; row = rows.next()) {
                read++;
                if (first && lists.occursIn(row.json())) {
                    throw JoinFailures.columnClash(tree.node(step.parent()).position());
                }
                if (row.ordinal() > after) {
                    window.offer(row, parentKey.of(row.json()));
                }
            }
        }
        tally.add(step.number(), Tally.PARENTS, first ? read : 0);
    }

    private void takeChildren(Window window, int edge, boolean first, Tally tally) {
        int child = step.edges().get(edge).child();
        KeyColumns columns = childKeys.get(edge);
        long read = 0;
        long blank = 0;
        try (RowReader rows = source.open(child)) {
            for (Row row = rows.next(); row != null; row = rows.next()) {
                RowKey key = columns.of(row.json());
                read++;
                if (key == null) {
                    blank++;
                } else {
                    window.take(edge, row, key);
                }
            }
        }
        tally.add(child, Tally.READ, first ? read : 0);
        tally.add(child, Tally.BLANK, first ? blank : 0);
    }

    /** Each is marked in its own window, so that none counts twice, however many have its key. */
    private void markDuplicatesOfEarlier(Window window, long after) {
        try (RowReader rows = source.open(step.parent())) {
            for (Row row = rows.next(); row != null; row = rows.next()) {
                RowKey key = row.ordinal() <= after ? parentKey.of(row.json()) : null;
                if (key != null) {
                    window.earlier(key);
                }
            }
        }
    }

    /** The next edge with rows to be delivered by themselves; behind all of those, with rows to be reported. */
    private @Nullable Place nextEdge(int before, Tally tally) {
        for (int number = before + 1; number < 2 * step.edges().size(); number++) {
            Edge each = edge(step, number);
            Unmatched wanted = wanted(step, number);
            boolean some = (each.rule().orphan() == wanted && tally.get(each.child(), Tally.ORPHANS) > 0)
                    || (each.rule().nullKey() == wanted && tally.get(each.child(), Tally.BLANK) > 0);
            if (some) {
                return new Place(number, -1);
            }
        }
        return null;
    }

    /** The edge of a place: each is gone over twice. */
    static Edge edge(Step step, int number) {
        return step.edges().get(number % step.edges().size());
    }

    /** What becomes of the rows that a place is about. */
    static Unmatched wanted(Step step, int number) {
        return number < step.edges().size() ? Unmatched.UNATTACHED : Unmatched.REPORT;
    }

    private record Candidate(Row row, @Nullable RowKey key) {}

    private Outcome unattached(int number, long after, Tally tally) {
        Edge edge = edge(step, number);
        Unmatched wanted = wanted(step, number);
        TreeMap<Long, Candidate> held = new TreeMap<>();
        boolean more = hold(edge, childKeys.get(number % childKeys.size()), wanted, after, held);
        Set<RowKey> keys = new HashSet<>();
        held.values().forEach(candidate -> {
            RowKey key = candidate.key();
            if (key != null) {
                keys.add(key);
            }
        });
        try (RowReader rows = source.open(step.parent())) {
            for (Row row = rows.next(); row != null; row = rows.next()) {
                RowKey key = parentKey.of(row.json());
                if (key != null) {
                    keys.remove(key);
                }
            }
        }
        List<Candidate> alone = new ArrayList<>();
        held.values().forEach(candidate -> {
            RowKey key = candidate.key();
            if (key == null || keys.contains(key)) {
                alone.add(candidate);
            }
        });
        boolean reported = wanted == Unmatched.REPORT;
        tally.add(edge.child(), reported ? Tally.REPORTED : Tally.UNATTACHED, alone.size());
        Place next = more ? new Place(number, held.lastKey()) : nextEdge(number, tally);
        return new Outcome(alone.isEmpty() ? null : reported ? reports(edge, alone) : lines(alone), tally, next);
    }

    /** Holds the rows with the lowest ordinals that may have to be delivered by themselves; true if there are more. */
    private boolean hold(
            Edge edge, KeyColumns columns, Unmatched wanted, long after, NavigableMap<Long, Candidate> held) {
        long bytes = 0;
        long bound = Long.MAX_VALUE;
        try (RowReader rows = source.open(edge.child())) {
            for (Row row = rows.next(); row != null; row = rows.next()) {
                RowKey key = columns.of(row.json());
                Unmatched rule =
                        key == null ? edge.rule().nullKey() : edge.rule().orphan();
                if (rule == wanted && row.ordinal() > after && row.ordinal() < bound) {
                    held.put(row.ordinal(), new Candidate(row, key));
                    bytes += row.cost();
                }
                while (bytes > limits.heldBytes() && held.size() > 1) {
                    Row last = held.pollLastEntry().getValue().row();
                    bytes -= last.cost();
                    bound = last.ordinal();
                }
            }
        }
        return bound < Long.MAX_VALUE;
    }

    private static Bytes lines(List<Candidate> rows) {
        Bytes lines = new Bytes(
                rows.stream().mapToLong(each -> each.row().json().length + 1L).sum());
        for (Candidate each : rows) {
            lines.add(each.row().json());
            lines.add('\n');
        }
        return lines;
    }

    private Bytes reports(Edge edge, List<Candidate> rows) {
        RejectLines lines = new RejectLines(
                tree.node(edge.child()).name(), edge.rule().columns().getFirst());
        Bytes bytes =
                new Bytes(rows.stream().mapToLong(each -> each.row().cost()).sum());
        for (Candidate each : rows) {
            lines.add(each.key() == null ? RowProblem.BLANK_KEY : RowProblem.ORPHAN_ROW, each.row(), bytes);
        }
        return bytes;
    }
}
