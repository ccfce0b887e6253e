package io.intake.processors.stitch;

import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Readers kept between two steps of one invocation, so that a step does not read over all rows before it again. Only a saver
 * of work: a reader that is not found is made anew. A reader is found by the very cursor that was saved when it was put
 * here, so it cannot be taken up at another place. Few are kept; the oldest makes room. Thread-safe.
 */
final class Parked {
    private static final int PLACES = 4;

    private final ArrayDeque<Place> places = new ArrayDeque<>();

    private record Place(String job, int task, StitchCursor cursor, TableReader reader) {}

    /** Takes a reader out. */
    synchronized @Nullable TableReader take(String job, int task, StitchCursor cursor) {
        for (Iterator<Place> all = places.iterator(); all.hasNext(); ) {
            Place place = all.next();
            if (place.task() == task && place.job().equals(job)) {
                all.remove();
                if (place.cursor().equals(cursor) && place.reader().start().equals(cursor.position())) {
                    return place.reader();
                }
                place.reader().close();
            }
        }
        return null;
    }

    synchronized void put(String job, int task, StitchCursor cursor, TableReader reader) {
        if (places.size() == PLACES) {
            places.removeFirst().reader().close();
        }
        places.addLast(new Place(job, task, cursor, reader));
    }
}
