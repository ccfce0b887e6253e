package io.intake.processors.status;

import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.Job.Change;
import io.intake.processors.job.Job.Collected;
import io.intake.processors.job.JobState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the page shows of a job, as JSON too: its record without the names of files and tables.
 *
 * @param engine null where no feed takes the file
 * @param history every state with its time, oldest first
 * @param counts as in the record, but those of single tables, which are named after files
 * @param failure why it ended badly or is held; null otherwise
 * @param set the job of the set that the file is part of; null if it is in none
 * @param members the jobs of a set's files; empty where it is none
 * @param earlier the job of an earlier file of the same bytes; null where there is none
 */
record JobView(
        String job,
        String partner,
        String feed,
        @Nullable String engine,
        JobState state,
        Instant uploadedAt,
        long bytes,
        List<Change> history,
        Map<String, Long> counts,
        @Nullable Failure failure,
        @Nullable String set,
        List<String> members,
        @Nullable String earlier) {
    /** The counts of a job that mean the same for each; those of single tables are named after them. */
    private static final String TABLE = ".";

    static JobView of(Job job) {
        Collected collected = job.collected();
        Map<String, Long> plain = new TreeMap<>(job.counts());
        plain.keySet().removeIf(name -> name.contains(TABLE));
        return new JobView(
                job.id(),
                job.partner(),
                job.feedId(),
                job.feed() == null ? null : job.requireFeed().engine(),
                job.state(),
                job.input().uploadedAt(),
                job.input().size(),
                job.history(),
                plain,
                job.failure(),
                collected == null ? null : collected.set(),
                collected == null ? List.of() : collected.members(),
                job.earlier());
    }
}
