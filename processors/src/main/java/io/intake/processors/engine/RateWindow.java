package io.intake.processors.engine;

import io.intake.config.Limits.Rate;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many requests were granted lately, in stretches of time. Grants are made so that in no stretch of the rate's period more
 * requests can be sent than it allows, whenever within their {@link #lifetime} they are used; and evenly, so that nobody has
 * to wait for long. Immutable and pure.
 *
 * @param granted requests by the number of the stretch, counted from the epoch
 */
record RateWindow(TreeMap<Long, Integer> granted) {
    static final RateWindow EMPTY = new RateWindow(new TreeMap<>());

    private static final int STRETCHES = 60;

    RateWindow {
        granted = new TreeMap<>(granted);
    }

    /**
     * What may be sent.
     *
     * @param window with the grant in it
     * @param count how many requests; 0 if none
     * @param stretch in which it is counted
     * @param until the grant is to be used before; if it is none, when to ask again
     */
    record Grant(RateWindow window, int count, long stretch, Instant until) {}

    /** How long a grant may be used. */
    static Duration lifetime(Rate rate) {
        Duration share = rate.period().dividedBy(30);
        Duration least = Duration.ofMillis(250);
        return share.compareTo(least) < 0 ? least : share;
    }

    /** Most that is granted in a stretch. */
    static int most(Rate rate) {
        return (rate.requests() + STRETCHES - 1) / STRETCHES;
    }

    private static long stretchMillis(Rate rate) {
        int stretches = Math.max(1, rate.requests() / most(rate));
        return Math.max(1, rate.period().toMillis() / stretches);
    }

    /**
     * Grants some requests.
     *
     * @param wanted at most so many
     */
    Grant grant(Rate rate, Instant now, int wanted) {
        long length = stretchMillis(rate);
        long here = Math.floorDiv(now.toEpochMilli(), length);
        // A grant counts for as long as its last possible use is within the period, and as made at its stretch's end;
        // the same
        // time again is for a request's way to the engine and for clocks that differ
        long remembered = rate.period().plus(lifetime(rate).multipliedBy(2)).toMillis();
        TreeMap<Long, Integer> kept = new TreeMap<>(granted);
        kept.headMap(Math.floorDiv(now.toEpochMilli() - remembered, length), false)
                .clear();
        int used = kept.values().stream().mapToInt(Integer::intValue).sum();
        int room = rate.requests() - used;
        int hereLeft = most(rate) - kept.getOrDefault(here, 0);
        int count = Math.min(wanted, Math.min(room, hereLeft));
        if (count > 0) {
            kept.merge(here, count, Integer::sum);
            return new Grant(new RateWindow(kept), count, here, now.plus(lifetime(rate)));
        }
        long again = room > 0 ? (here + 1) * length : (first(kept, here) + 1) * length + remembered;
        return new Grant(this, 0, here, Instant.ofEpochMilli(Math.max(again, now.toEpochMilli() + 1)));
    }

    private static long first(TreeMap<Long, Integer> kept, long otherwise) {
        for (Map.Entry<Long, Integer> each : kept.entrySet()) {
            if (each.getValue() > 0) {
                return each.getKey();
            }
        }
        return otherwise;
    }

    /** Takes back what was granted and not used. */
    RateWindow returned(long stretch, int unused) {
        TreeMap<Long, Integer> less = new TreeMap<>(granted);
        less.computeIfPresent(stretch, (number, count) -> Math.max(0, count - unused));
        return new RateWindow(less);
    }
}
