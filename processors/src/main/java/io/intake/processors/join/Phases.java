package io.intake.processors.join;

import io.intake.bucket.BucketLayout;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The phases of joins in the bucket. A phase never changes once written, so a job's last ones are kept. Thread-safe. */
final class Phases {
    private final Records records;
    private final AtomicReference<@Nullable Kept> last = new AtomicReference<>();

    private record Kept(String job, List<Phase> phases) {}

    Phases(Records records) {
        this.records = records;
    }

    /** All phases that have begun, in order. */
    List<Phase> all(String job) {
        Kept kept = last.get();
        List<Phase> phases = new ArrayList<>(kept != null && kept.job().equals(job) ? kept.phases() : List.of());
        Optional<Phase> next = find(BucketLayout.joinPhase(job, phases.size() + 1));
        while (next.isPresent()) {
            phases.add(next.get());
            next = find(BucketLayout.joinPhase(job, phases.size() + 1));
        }
        last.set(new Kept(job, List.copyOf(phases)));
        return phases;
    }

    /** The phase of a task that is open. */
    Phase of(String job, int task) {
        Kept kept = last.get();
        List<Phase> known = kept != null && kept.job().equals(job) ? kept.phases() : List.of();
        return holding(known, task)
                .or(() -> holding(all(job), task))
                .orElseThrow(() -> new IllegalStateException("job " + job + " has no stitch task " + task));
    }

    private static Optional<Phase> holding(List<Phase> phases, int task) {
        return phases.stream().filter(phase -> phase.holds(task)).findFirst();
    }

    /** Writes a phase unless it is there; racing invocations make the same. */
    void begin(String job, int number, Phase phase) {
        records.create(BucketLayout.joinPhase(job, number), phase);
    }

    /** Writes what a join came to. */
    void end(String job, Phase result) {
        records.create(BucketLayout.joinResult(job), result);
    }

    /** What the join of a job came to that is past it. */
    Phase result(String job) {
        return find(BucketLayout.joinResult(job))
                .orElseThrow(() -> new IllegalStateException("the join of job " + job + " has no result"));
    }

    private Optional<Phase> find(String key) {
        return records.find(key, Phase.class).map(Versioned::value);
    }
}
