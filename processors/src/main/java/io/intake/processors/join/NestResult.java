package io.intake.processors.join;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What came of one partition of a step, or came so far.
 *
 * @param step by number
 * @param partition from 0
 * @param windows the sizes of the objects of the parent's rows, in order
 * @param unattached by table, the sizes of the objects of rows that are delivered by themselves; 0 where there is none
 * @param counts as {@link Tally} names them
 * @param reported by table, the sizes of the objects of rows for the rejects file; 0 where there is none
 */
record NestResult(
        int step,
        int partition,
        List<Long> windows,
        SortedMap<Integer, List<Long>> unattached,
        SortedMap<String, Long> counts,
        SortedMap<Integer, List<Long>> reported) {
    /** @param reported null, as in records of earlier versions, for none */
    NestResult(
            int step,
            int partition,
            List<Long> windows,
            SortedMap<Integer, List<Long>> unattached,
            SortedMap<String, Long> counts,
            @Nullable SortedMap<Integer, List<Long>> reported) {
        this.step = step;
        this.partition = partition;
        this.windows = List.copyOf(windows);
        this.unattached = new TreeMap<>(unattached);
        this.counts = new TreeMap<>(counts);
        this.reported = reported == null ? new TreeMap<>() : new TreeMap<>(reported);
    }

    static NestResult start(int step, int partition) {
        return new NestResult(step, partition, List.of(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
    }

    NestResult window(long bytes) {
        List<Long> more = new ArrayList<>(windows);
        more.add(bytes);
        return new NestResult(step, partition, more, unattached, counts, reported);
    }

    NestResult unattached(int node, long bytes) {
        return new NestResult(step, partition, windows, more(unattached, node, bytes), counts, reported);
    }

    NestResult reported(int node, long bytes) {
        return new NestResult(step, partition, windows, unattached, counts, more(reported, node, bytes));
    }

    private static SortedMap<Integer, List<Long>> more(SortedMap<Integer, List<Long>> all, int node, long bytes) {
        TreeMap<Integer, List<Long>> more = new TreeMap<>(all);
        List<Long> sizes = new ArrayList<>(more.getOrDefault(node, List.of()));
        sizes.add(bytes);
        more.put(node, sizes);
        return more;
    }

    NestResult counted(Tally tally) {
        return new NestResult(step, partition, windows, unattached, tally.counts(), reported);
    }

    int reportedWindows(int node) {
        return reported.getOrDefault(node, List.of()).size();
    }

    int unattachedWindows(int node) {
        return unattached.getOrDefault(node, List.of()).size();
    }
}
