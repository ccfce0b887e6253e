package io.intake.processors.join;

import io.intake.processors.join.JoinTree.Step;
import io.intake.processors.join.Phase.Chunk;
import io.intake.processors.join.Stretch.Span;
import io.intake.processors.join.Survey.Mark;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Cuts a step's tables into partitions where they stand, if all of them are in one order. Pure. */
final class Stretches {
    private final KeyOrder order;
    private final long partitionBytes;
    private final Map<Integer, List<Place>> places = new HashMap<>();
    private final Map<Integer, Long> sizes = new HashMap<>();

    /** A row whose key is known, and how much of its table comes before the next one that is. */
    private record Place(int node, long at, byte[] key, long bytes) {}

    private Stretches(KeyOrder order, long partitionBytes) {
        this.order = order;
        this.partitionBytes = partitionBytes;
    }

    /**
     * The partitions, in order; none if the tables are not sorted, or not alike.
     *
     * @param surveys of the phase's chunks; some may be missing
     */
    static List<Stretch> of(Phase phase, Step step, List<Survey> surveys, long partitionBytes) {
        List<Chunk> chunks = phase.chunks(step);
        Map<Integer, Survey> byChunk = new HashMap<>();
        surveys.forEach(survey -> byChunk.put(survey.chunk(), survey));
        for (KeyOrder order : KeyOrder.values()) {
            Stretches stretches = new Stretches(order, partitionBytes);
            if (stretches.takes(phase, step, chunks, byChunk)) {
                return stretches.cut();
            }
        }
        return List.of();
    }

    /** Goes over the chunks; false if the rows do not stand in the order. */
    private boolean takes(Phase phase, Step step, List<Chunk> chunks, Map<Integer, Survey> surveys) {
        for (int node : step.nodes()) {
            List<Place> own = new ArrayList<>();
            places.put(node, own);
            sizes.put(node, phase.pieces(node).stream().mapToLong(Piece::bytes).sum());
            byte[] last = null;
            for (Chunk chunk : chunks) {
                Survey survey = surveys.get(chunk.number());
                if (chunk.node() != node) {
                    continue;
                }
                if (survey == null || !survey.orders().contains(order) || !follows(last, survey)) {
                    return false;
                }
                long base = base(phase.pieces(node), chunk.piece());
                survey.marks().forEach(mark -> own.add(new Place(node, base + mark.offset(), mark.key(), 0)));
                last = survey.last() == null ? last : survey.last();
            }
        }
        return true;
    }

    private boolean follows(byte @Nullable [] last, Survey survey) {
        List<Mark> marks = survey.marks();
        return last == null
                || marks.isEmpty()
                || order.compare(last, marks.getFirst().key()) <= 0;
    }

    /** How much of a table comes before one of its pieces. */
    private static long base(List<Piece> pieces, Piece piece) {
        long base = 0;
        for (Piece each : pieces) {
            if (each.equals(piece)) {
                break;
            }
            base += each.bytes();
        }
        return base;
    }

    private List<Stretch> cut() {
        List<Place> all = new ArrayList<>();
        places.forEach((node, own) -> {
            for (int i = 0; i < own.size(); i++) {
                long next = i + 1 < own.size() ? own.get(i + 1).at() : sizes.getOrDefault(node, 0L);
                Place place = own.get(i);
                all.add(new Place(node, place.at(), place.key(), next - place.at()));
            }
        });
        all.sort(Comparator.comparing(Place::key, order::compare)
                .thenComparing(Place::node)
                .thenComparing(Place::at));
        List<Stretch> stretches = new ArrayList<>();
        byte[] from = null;
        byte[] last = null;
        long bytes = 0;
        for (Place place : all) {
            boolean another = last != null && order.compare(last, place.key()) < 0;
            if (another && bytes + place.bytes() > partitionBytes) {
                stretches.add(stretch(from, place.key()));
                from = place.key();
                bytes = 0;
            }
            last = place.key();
            bytes += place.bytes();
        }
        stretches.add(stretch(from, null));
        return stretches;
    }

    private Stretch stretch(byte @Nullable [] from, byte @Nullable [] to) {
        SortedMap<Integer, Span> spans = new TreeMap<>();
        places.forEach((node, own) -> {
            long size = sizes.getOrDefault(node, 0L);
            int first = from == null ? 0 : below(own, from);
            int behind = to == null ? own.size() : below(own, to);
            spans.put(
                    node,
                    new Span(
                            from == null || first == 0 ? 0 : own.get(first - 1).at(),
                            from == null
                                    ? 0
                                    : first == own.size()
                                            ? size
                                            : own.get(first).at(),
                            to == null
                                    ? size
                                    : behind == 0 ? 0 : own.get(behind - 1).at(),
                            to == null || behind == own.size()
                                    ? size
                                    : own.get(behind).at()));
        });
        return new Stretch(order, from, to, spans);
    }

    /** How many of a table's places have a lower key. */
    private int below(List<Place> own, byte[] key) {
        int low = 0;
        int high = own.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (order.compare(own.get(middle).key(), key) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
