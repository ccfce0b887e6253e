package io.intake.processors.forward;

import java.util.ArrayList;
import java.util.List;

/**
 * A batch that was not taken as a whole, and how far its parts are: it is cut in halves until the records at fault are alone. The
 * parts are sent one after another, from the first record to the last, so that the order stays; each is saved before the next, so
 * that what is acknowledged under one key is never sent under another. Immutable and pure.
 *
 * @param done the first records, of which is known what came: they were taken, or refused alone
 * @param ends where the parts behind them end, the next one last; empty when all are done
 * @param refused those that were refused alone
 */
record Split(int done, List<Integer> ends, List<Refusal> refused) {
    Split {
        ends = List.copyOf(ends);
        refused = List.copyOf(refused);
    }

    /**
     * A record that the engine refused.
     *
     * @param index in the batch, from 0
     * @param code the engine's
     */
    record Refusal(int index, String code) {}

    /** A batch of which nothing is known yet. */
    static Split of(int records) {
        return new Split(0, List.of(records), List.of());
    }

    boolean isOver() {
        return ends.isEmpty();
    }

    /** Behind the last record of the next part. */
    int end() {
        return ends.getLast();
    }

    /** How many records the next part has. */
    int size() {
        return end() - done;
    }

    /** The engine took the first records of the next part, or all of them. */
    Split taken(int records) {
        return upTo(done + records, refused);
    }

    /** The engine refused the next part: it is cut, or its only record is at fault. */
    Split refused(String code) {
        return size() == 1 ? firstRefused(code) : halved();
    }

    /** The engine refused the first record of the next part. */
    Split firstRefused(String code) {
        List<Refusal> more = new ArrayList<>(refused);
        more.add(new Refusal(done, code));
        return upTo(done + 1, more);
    }

    private Split halved() {
        List<Integer> more = new ArrayList<>(ends);
        more.add(done + size() / 2);
        return new Split(done, more, refused);
    }

    private Split upTo(int index, List<Refusal> known) {
        List<Integer> left = ends.stream().filter(end -> end > index).toList();
        return new Split(index, left, known);
    }
}
