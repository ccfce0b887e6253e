package io.intake.processors.engine;

import io.intake.bucket.BucketLayout;
import io.intake.config.Limits.Rate;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.processors.engine.RateWindow.Grant;
import java.time.InstantSource;
import java.util.Optional;

/** Grants requests to an engine, to all functions together. Thread-safe, also across processes. */
final class Rates {
    private static final int TRIES = 20;

    private final Records records;
    private final InstantSource clock;

    Rates(Records records, InstantSource clock) {
        this.records = records;
        this.clock = clock;
    }

    /** Asks for some requests; what is granted counts from now on, used or not. */
    Grant ask(String engine, Rate rate, int wanted) {
        String key = BucketLayout.engineRate(engine);
        Grant grant = new Grant(RateWindow.EMPTY, 0, 0, clock.instant());
        for (int attempt = 0; attempt < TRIES; attempt++) {
            Optional<Versioned<RateWindow>> found = records.find(key, RateWindow.class);
            grant = found.map(Versioned::value).orElse(RateWindow.EMPTY).grant(rate, clock.instant(), wanted);
            if (grant.count() == 0 || write(key, found, grant.window())) {
                return grant;
            }
        }
        return new Grant(grant.window(), 0, grant.stretch(), clock.instant().plus(RateWindow.lifetime(rate)));
    }

    /** Gives back what will not be used; without success it is not tried again, since it only costs time. */
    void giveBack(String engine, long stretch, int unused) {
        String key = BucketLayout.engineRate(engine);
        records.find(key, RateWindow.class)
                .ifPresent(found -> write(key, Optional.of(found), found.value().returned(stretch, unused)));
    }

    private boolean write(String key, Optional<Versioned<RateWindow>> found, RateWindow next) {
        return found.map(before -> records.replace(key, before.etag(), next))
                .orElseGet(() -> records.create(key, next))
                .isPresent();
    }
}
