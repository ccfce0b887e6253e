package io.intake.processors.plan;

import io.intake.bucket.BucketLayout;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Plans in the bucket. A plan never changes once written, so the last one read is kept. Thread-safe. */
public final class PlanStore {
    private final Records records;
    private final AtomicReference<@Nullable Kept> last = new AtomicReference<>();

    private record Kept(String job, Plan plan) {}

    public PlanStore(Records records) {
        this.records = records;
    }

    /** Writes a job's plan unless it has one; racing invocations make the same plan. */
    public void create(String job, Plan plan) {
        records.create(BucketLayout.plan(job), plan);
    }

    /** The plan of a job that is known to have one. */
    public Plan require(String job) {
        Kept kept = last.get();
        if (kept != null && kept.job().equals(job)) {
            return kept.plan();
        }
        Plan plan = records.find(BucketLayout.plan(job), Plan.class)
                .map(Versioned::value)
                .orElseThrow(() -> new IllegalStateException("job " + job + " has no plan"));
        last.set(new Kept(job, plan));
        return plan;
    }
}
