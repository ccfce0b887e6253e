package io.intake.processors.join;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What came of one partition of a step, or came so far.
 *
 * @param step by number
 * @param partition from 0
 * @param windows the sizes of the objects of the parent's rows, in order
 * @param unattached by table, the sizes of the objects of rows that are delivered by themselves; 0 where there is none
 * @param counts as {@link Tally} names them
 */
record NestResult(
        int step,
        int partition,
        List<Long> windows,
        SortedMap<Integer, List<Long>> unattached,
        SortedMap<String, Long> counts) {
    NestResult {
        windows = List.copyOf(windows);
        unattached = new TreeMap<>(unattached);
        counts = new TreeMap<>(counts);
    }

    static NestResult start(int step, int partition) {
        return new NestResult(step, partition, List.of(), new TreeMap<>(), new TreeMap<>());
    }

    NestResult window(long bytes) {
        List<Long> more = new ArrayList<>(windows);
        more.add(bytes);
        return new NestResult(step, partition, more, unattached, counts);
    }

    NestResult unattached(int node, long bytes) {
        TreeMap<Integer, List<Long>> more = new TreeMap<>(unattached);
        List<Long> sizes = new ArrayList<>(more.getOrDefault(node, List.of()));
        sizes.add(bytes);
        more.put(node, sizes);
        return new NestResult(step, partition, windows, more, counts);
    }

    NestResult counted(Tally tally) {
        return new NestResult(step, partition, windows, unattached, tally.counts());
    }

    int unattachedWindows(int node) {
        return unattached.getOrDefault(node, List.of()).size();
    }
}
