package io.intake.processors.job;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.RecordNames;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Job records in the bucket. Thread-safe, also across processes. */
public final class JobStore {
    private final Records records;
    private final RecordNames names;
    private final JobChanges changes;

    /** With names in the clear. */
    public JobStore(Records records) {
        this(records, RecordNames.CLEAR);
    }

    /** @param names how a record holds the names of tables, which can be names of files */
    public JobStore(Records records, RecordNames names) {
        this(records, names, JobChanges.NONE);
    }

    /** @param changes is told of what this store writes */
    public JobStore(Records records, RecordNames names, JobChanges changes) {
        this.records = records;
        this.names = names;
        this.changes = changes;
    }

    public Optional<Job> find(String id) {
        return read(id).map(Versioned::value);
    }

    private Optional<Versioned<Job>> read(String id) {
        return records.find(BucketLayout.jobRecord(id), Job.class)
                .map(stored -> new Versioned<>(opened(stored.value()), stored.etag()));
    }

    private Job opened(Job job) {
        return renamed(job, name -> names.open(job.id(), name));
    }

    private Job sealed(Job job) {
        return renamed(job, name -> names.seal(job.id(), name));
    }

    private static Job renamed(Job job, UnaryOperator<String> change) {
        TreeMap<String, Long> tables = new TreeMap<>();
        job.tables().forEach((name, rows) -> tables.put(change.apply(name), rows));
        TreeMap<String, List<Reading>> readings = new TreeMap<>();
        job.readings().forEach((name, read) -> readings.put(change.apply(name), read));
        return job.withTables(tables).withReadings(readings);
    }

    /** The record of a job that is known to exist. */
    public Job require(String id) {
        return find(id).orElseThrow(() -> new IllegalStateException("there is no job " + id));
    }

    /** Records a new job, or gives the one that is there. */
    public Job open(Job job) {
        return records.create(BucketLayout.jobRecord(job.id()), sealed(job))
                .map(created -> {
                    changes.changed(null, job);
                    return job;
                })
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
            Versioned<Job> now = read(id).orElseThrow(() -> new IllegalStateException("there is no job " + id));
            Job changed = change.apply(now.value());
            if (changed.equals(now.value())) {
                return changed;
            }
            Optional<Versioned<Job>> written = records.replace(key, now.etag(), sealed(changed));
            if (written.isPresent()) {
                changes.changed(now.value(), changed);
                return changed;
            }
        }
    }
}
