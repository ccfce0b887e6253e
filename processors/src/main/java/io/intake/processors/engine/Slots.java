package io.intake.processors.engine;

import io.intake.bucket.BucketLayout;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The places of those that may send to an engine at once, as leases in the bucket: a place of a function that died can be
 * taken when its time is over. Thread-safe, also across processes.
 */
final class Slots {
    private final Records records;
    private final InstantSource clock;

    Slots(Records records, InstantSource clock) {
        this.records = records;
        this.clock = clock;
    }

    /**
     * Who has a place.
     *
     * @param by the run; null if nobody
     * @param until when another may take it
     */
    record Slot(@Nullable String by, Instant until) {}

    /**
     * A place that a run has.
     *
     * @param engine whose
     * @param number from 1
     * @param etag of its object, which a change must name
     * @param until when another may take it
     */
    record Held(String engine, int number, String etag, Instant until) {}

    /**
     * Takes a place.
     *
     * @param places how many there are
     * @param start at which to look first, so that not all look at the same
     * @return empty if none is free
     */
    Optional<Held> take(String engine, int places, int start, String run, Duration lease) {
        for (int i = 0; i < places; i++) {
            int number = 1 + (start + i) % places;
            String key = BucketLayout.engineSlot(engine, number);
            Instant now = clock.instant();
            Optional<Versioned<Slot>> found = records.find(key, Slot.class);
            if (found.isPresent() && now.isBefore(found.get().value().until())) {
                continue;
            }
            Slot ours = new Slot(run, now.plus(lease));
            Optional<Versioned<Slot>> taken =
                    found.isPresent() ? records.replace(key, found.get().etag(), ours) : records.create(key, ours);
            if (taken.isPresent()) {
                return Optional.of(new Held(engine, number, taken.get().etag(), ours.until()));
            }
        }
        return Optional.empty();
    }

    /** Keeps a place for longer; empty if it was lost. */
    Optional<Held> renew(Held held, String run, Duration lease) {
        Slot ours = new Slot(run, clock.instant().plus(lease));
        return records.replace(BucketLayout.engineSlot(held.engine(), held.number()), held.etag(), ours)
                .map(now -> new Held(held.engine(), held.number(), now.etag(), ours.until()));
    }

    /** Gives a place back, if it was not lost. */
    void release(Held held) {
        records.replace(
                BucketLayout.engineSlot(held.engine(), held.number()), held.etag(), new Slot(null, Instant.EPOCH));
    }

    /** Whether a place is free. */
    boolean anyFree(String engine, int places) {
        for (int number = 1; number <= places; number++) {
            Optional<Versioned<Slot>> found = records.find(BucketLayout.engineSlot(engine, number), Slot.class);
            if (found.isEmpty() || !clock.instant().isBefore(found.get().value().until())) {
                return true;
            }
        }
        return false;
    }
}
