package io.intake.processors.plan;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.RecordNames;
import io.intake.processors.Records;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Plans in the bucket. A plan never changes once written, so the last one read is kept. Thread-safe. */
public final class PlanStore {
    private final Records records;
    private final RecordNames names;
    private final AtomicReference<@Nullable Kept> last = new AtomicReference<>();

    private record Kept(String job, Plan plan) {}

    /** With names in the clear. */
    public PlanStore(Records records) {
        this(records, RecordNames.CLEAR);
    }

    /** @param names how a plan holds the names of entries and tables */
    public PlanStore(Records records, RecordNames names) {
        this.records = records;
        this.names = names;
    }

    /** Writes a job's plan unless it has one; racing invocations make the same plan. */
    public void create(String job, Plan plan) {
        records.create(BucketLayout.plan(job), plan.renamed(name -> names.seal(job, name)));
    }

    /** The plan of a job that is known to have one. */
    public Plan require(String job) {
        return find(job).orElseThrow(() -> new IllegalStateException("job " + job + " has no plan"));
    }

    /** The plan of a job; empty while it has none. */
    public Optional<Plan> find(String job) {
        Kept kept = last.get();
        if (kept != null && kept.job().equals(job)) {
            return Optional.of(kept.plan());
        }
        Optional<Plan> plan = records.find(BucketLayout.plan(job), Plan.class)
                .map(stored -> stored.value().renamed(name -> names.open(job, name)));
        plan.ifPresent(found -> last.set(new Kept(job, found)));
        return plan;
    }
}
