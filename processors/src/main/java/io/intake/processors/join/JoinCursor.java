package io.intake.processors.join;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a task of a join is.
 *
 * @param chunks how many of its chunks are sorted, or were seen to be
 * @param done what came of its partitions that are done, in order
 * @param open the partition at hand; null where the next one has not begun
 * @param unsorted whether one of its chunks was seen not to be sorted
 */
record JoinCursor(
        int chunks, List<NestResult> done, @Nullable Open open, boolean unsorted) {
    static final JoinCursor START = new JoinCursor(0, List.of(), null, false);

    JoinCursor {
        done = List.copyOf(done);
    }

    /**
     * A partition in work.
     *
     * @param edge whose rows without a parent are being looked for; -1 while the parents are written
     * @param after the ordinal up to which that is done
     * @param soFar what came of it
     */
    record Open(int edge, long after, NestResult soFar) {
        static Open start(int step, int partition) {
            return new Open(-1, -1, NestResult.start(step, partition));
        }
    }

    JoinCursor chunk() {
        return new JoinCursor(chunks + 1, done, open, unsorted);
    }

    JoinCursor stop() {
        return new JoinCursor(chunks, done, open, true);
    }

    JoinCursor open(Open partition) {
        return new JoinCursor(chunks, done, partition, unsorted);
    }

    JoinCursor finished(NestResult result) {
        List<NestResult> more = new ArrayList<>(done);
        more.add(result);
        return new JoinCursor(chunks, more, null, unsorted);
    }
}
