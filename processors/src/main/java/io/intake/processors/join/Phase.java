package io.intake.processors.join;

import io.intake.processors.join.JoinTree.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Work on a join that can be done side by side, and what was known when it began: kept in the bucket, so that all tasks work
 * by the same, whatever version of this code they have.
 *
 * @param kind of work
 * @param step the first step it is for
 * @param steps how many steps are done by its tasks one after another; more than one only where there is one task
 * @param partitions of each step
 * @param firstTask its tasks' first number in the stage
 * @param tasks how many; none once all is done
 * @param perTask chunks or partitions per task
 * @param chunkBytes how much of a piece makes a chunk
 * @param sources where each table's rows are
 * @param unattached rows that are delivered by themselves, by table
 * @param counts as {@link Tally} names them
 * @param stretches the partitions, where the step's tables are sorted and are read where they stand; none otherwise
 */
record Phase(
        Kind kind,
        int step,
        int steps,
        int partitions,
        int firstTask,
        int tasks,
        int perTask,
        long chunkBytes,
        SortedMap<Integer, List<Piece>> sources,
        SortedMap<Integer, List<Piece>> unattached,
        SortedMap<String, Long> counts,
        List<Stretch> stretches) {
    /** @param stretches null, as in records of earlier versions, for none */
    Phase {
        stretches = stretches == null ? List.of() : List.copyOf(stretches);
        sources = new TreeMap<>(sources);
        unattached = new TreeMap<>(unattached);
        counts = new TreeMap<>(counts);
    }

    Phase(
            Kind kind,
            int step,
            int steps,
            int partitions,
            int firstTask,
            int tasks,
            int perTask,
            long chunkBytes,
            SortedMap<Integer, List<Piece>> sources,
            SortedMap<Integer, List<Piece>> unattached,
            SortedMap<String, Long> counts) {
        this(
                kind,
                step,
                steps,
                partitions,
                firstTask,
                tasks,
                perTask,
                chunkBytes,
                sources,
                unattached,
                counts,
                List.of());
    }

    /** What is done. */
    enum Kind {
        /** Chunks are looked at for whether their rows are sorted. */
        SURVEY,
        /** Rows are sorted by partition, chunk by chunk. */
        SPLIT,
        /** Rows are nested, partition by partition. */
        NEST,
        /** Nothing more: the sources hold the records. */
        DONE
    }

    /**
     * A stretch of a table: the rows that begin in it.
     *
     * @param number in the phase
     * @param node the table
     * @param piece where its rows are
     * @param from offset in the piece
     * @param to offset behind it
     */
    record Chunk(int number, int node, Piece piece, long from, long to) {}

    /** The chunks of a phase that splits. */
    List<Chunk> chunks(Step of) {
        List<Chunk> chunks = new ArrayList<>();
        for (int node : of.nodes()) {
            for (Piece piece : pieces(node)) {
                for (long from = 0; from < piece.bytes(); from += chunkBytes) {
                    long to = Math.min(piece.bytes(), from + chunkBytes);
                    chunks.add(new Chunk(chunks.size(), node, piece, from, to));
                }
            }
        }
        return chunks;
    }

    List<Piece> pieces(int node) {
        return sources.getOrDefault(node, List.of());
    }

    boolean holds(int task) {
        return task >= firstTask && task < end();
    }

    /** The number behind its last task's. */
    int end() {
        return firstTask + tasks;
    }
}
