package io.intake.processors.query;

import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.Job.Collected;
import io.intake.processors.job.JobState;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A job's record as far as a list shows it: without the file's name, and so for anybody who may know that there is a file.
 *
 * @param id of the job
 * @param partner whose file it is
 * @param feed {@code none} where no feed takes the file
 * @param state now
 * @param since when that state began
 * @param uploadedAt when the upload was complete, by the store's clock
 * @param size of the file in bytes
 * @param crc32 of the file, eight hex digits; null where not known
 * @param code why it ended badly or is held; null otherwise
 * @param counts rows {@code read}, {@code rows} taken, {@code rejected}, {@code delivered} and others, as far as they are known
 * @param settled whether the receipt and the page that the last state calls for have been written
 * @param set the job of the set that the file is part of; null if it is in none
 * @param files how many files a set has; 0 where it is none
 */
public record JobSummary(
        String id,
        String partner,
        String feed,
        JobState state,
        Instant since,
        Instant uploadedAt,
        long size,
        @Nullable String crc32,
        @Nullable String code,
        Map<String, Long> counts,
        boolean settled,
        @Nullable String set,
        int files) {
    /** The counts of a job that mean the same for each; those of single tables are named after them. */
    private static final String TABLE = ".";

    public JobSummary {
        counts = Map.copyOf(counts);
    }

    /** What of a record is for lists. Pure. */
    public static JobSummary of(Job job) {
        Failure failure = job.failure();
        Collected collected = job.collected();
        Map<String, Long> plain = new TreeMap<>(job.counts());
        plain.keySet().removeIf(name -> name.contains(TABLE));
        return new JobSummary(
                job.id(),
                job.partner(),
                job.feedId(),
                job.state(),
                job.history().getLast().at(),
                job.input().uploadedAt(),
                job.input().size(),
                job.input().crc32(),
                failure == null ? null : failure.code(),
                plain,
                job.settled(),
                collected == null ? null : collected.set(),
                collected == null ? 0 : collected.members().size());
    }

    /** A count, or 0. */
    public long count(String name) {
        return Objects.requireNonNullElse(counts.get(name), 0L);
    }

    /** Whether the record will not change by itself any more. */
    public boolean over() {
        return state.terminal() && settled;
    }
}
