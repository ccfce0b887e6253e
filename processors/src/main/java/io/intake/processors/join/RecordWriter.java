package io.intake.processors.join;

import io.intake.processors.join.JoinTree.Edge;
import io.intake.processors.join.JoinTree.Step;
import io.intake.processors.join.Window.Held;
import java.util.List;

/** Writes a window's parents with their children nested in them, and counts them. For one window. Not thread-safe. */
final class RecordWriter {
    private final Step step;
    private final boolean records;
    private final byte[][] names;
    private final long[] attached;
    private final long[] tooFew;
    private final long[] tooMany;
    private long written;
    private long duplicates;

    /** @param records whether this makes the records: then nothing but them is written */
    RecordWriter(Step step, boolean records) {
        int edges = step.edges().size();
        this.step = step;
        this.records = records;
        this.names = step.edges().stream()
                .map(edge -> KeyColumns.quoted(edge.rule().as()))
                .toArray(byte[][]::new);
        this.attached = new long[edges];
        this.tooFew = new long[edges];
        this.tooMany = new long[edges];
    }

    /** The parents in the order of their table, a line each. */
    Bytes write(Window window, Tally tally) {
        Bytes lines = new Bytes(window.recordBytes());
        long[] nested = new long[0];
        for (Held parent : window.parents()) {
            written++;
            duplicates += parent.duplicate() ? 1 : 0;
            long[] below = below(parent);
            if (records) {
                nested = sum(nested, below);
            } else {
                lines.add(new Row(parent.row().ordinal(), below, new byte[0]).prefix());
            }
            write(parent, lines);
        }
        count(nested, tally);
        return lines;
    }

    private void count(long[] nested, Tally tally) {
        tally.add(step.number(), Tally.WRITTEN, written);
        tally.add(step.number(), Tally.DUPLICATES, duplicates);
        for (int i = 0; i < names.length; i++) {
            int child = step.edges().get(i).child();
            tally.add(child, Tally.ATTACHED, attached[i]);
            tally.add(child, Tally.TOO_FEW, tooFew[i]);
            tally.add(child, Tally.TOO_MANY, tooMany[i]);
        }
        if (records) {
            tally.add(step.parent(), Tally.NESTED, written);
            for (int i = 0; i < nested.length; i++) {
                tally.add(step.parent() + 1 + i, Tally.NESTED, nested[i]);
            }
        }
    }

    /** How many rows of each table are nested in a parent: those it had, its children, and what they have. */
    private long[] below(Held parent) {
        long[] below = parent.row().below().clone();
        for (int i = 0; i < names.length; i++) {
            Edge edge = step.edges().get(i);
            List<Row> rows = parent.children(i);
            Integer most = edge.rule().atMost();
            attached[i] += rows.size();
            tooFew[i] += rows.size() < edge.rule().atLeast() ? 1 : 0;
            tooMany[i] += most != null && rows.size() > most ? 1 : 0;
            int place = edge.child() - step.parent() - 1;
            below[place] += rows.size();
            for (Row row : rows) {
                for (int j = 0; j < row.below().length; j++) {
                    below[place + 1 + j] += row.below()[j];
                }
            }
        }
        return below;
    }

    private static long[] sum(long[] left, long[] right) {
        long[] sum = right.clone();
        for (int i = 0; i < left.length; i++) {
            sum[i] += left[i];
        }
        return sum;
    }

    private void write(Held parent, Bytes target) {
        byte[] json = parent.row().json();
        target.add(json, json.length - 1);
        boolean first = json.length == 2;
        for (int i = 0; i < names.length; i++) {
            if (!first) {
                target.add(',');
            }
            first = false;
            target.add(names[i]);
            target.add(':');
            list(parent.children(i), target);
        }
        target.add('}');
        target.add('\n');
    }

    private static void list(List<Row> rows, Bytes target) {
        target.add('[');
        boolean first = true;
        for (Row row : rows) {
            if (!first) {
                target.add(',');
            }
            first = false;
            target.add(row.json());
        }
        target.add(']');
    }
}
