package io.intake.processors.job;

import io.intake.bucket.BucketLayout;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Job records in the bucket. Thread-safe, also across processes. */
public final class JobStore {
    private final Records records;

    public JobStore(Records records) {
        this.records = records;
    }

    public Optional<Job> find(String id) {
        return records.find(BucketLayout.jobRecord(id), Job.class).map(Versioned::value);
    }

    /** The record of a job that is known to exist. */
    public Job require(String id) {
        return find(id).orElseThrow(() -> new IllegalStateException("there is no job " + id));
    }

    /** Records a new job, or gives the one that is there. */
    public Job open(Job job) {
        return records.create(BucketLayout.jobRecord(job.id()), job)
                .map(Versioned::value)
                .orElseGet(() -> require(job.id()));
    }

    /**
     * Changes a record, against all others who do so at the same time.
     *
     * @param change may be called more than once; an equal record back means no change
     * @return the record as it is now
     */
    public Job update(String id, UnaryOperator<Job> change) {
        String key = BucketLayout.jobRecord(id);
        while (true) {
            Versioned<Job> now =
                    records.find(key, Job.class).orElseThrow(() -> new IllegalStateException("there is no job " + id));
            Job changed = change.apply(now.value());
            if (changed.equals(now.value())) {
                return changed;
            }
            Optional<Versioned<Job>> written = records.replace(key, now.etag(), changed);
            if (written.isPresent()) {
                return changed;
            }
        }
    }
}
