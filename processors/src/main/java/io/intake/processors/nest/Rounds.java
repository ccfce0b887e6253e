package io.intake.processors.nest;

import io.intake.bucket.BucketLayout;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import java.util.Optional;

/** Rounds in the bucket. Thread-safe. */
final class Rounds {
    private final Records records;

    Rounds(Records records) {
        this.records = records;
    }

    /** The round that a task belongs to; empty for one that is in none. */
    Optional<Round> of(String job, int task) {
        Round round = Round.UPLOAD;
        while (!round.has(task)) {
            Optional<Round> next = records.find(BucketLayout.nestedRound(job, round.number() + 1), Round.class)
                    .map(Versioned::value);
            if (next.isEmpty()) {
                return Optional.empty();
            }
            round = next.get();
        }
        return Optional.of(round);
    }

    /** Keeps a round unless it is kept: whoever makes it makes the same. */
    void keep(String job, Round round) {
        records.create(BucketLayout.nestedRound(job, round.number()), round);
    }
}
