package io.intake.processors.status;

import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the status page asks. Implementations are thread-safe and give nothing that holds PHI. */
public interface StatusSource {
    /** Files of a day, newest first. */
    Found find(Search search, int limit);

    /** Files that wait for a person, whichever day they are of. */
    List<FileLine> held();

    /** Files that something is still to be done for, whichever day they are of. */
    List<FileLine> unfinished();

    /** A job with its history. */
    Optional<Job> job(String id);

    /**
     * Every engine that is configured, or that files wait for.
     *
     * @param unfinished what {@link #unfinished} gave
     */
    List<EngineHealth> engines(List<FileLine> unfinished);

    /** Feeds whose expected file is not there. */
    List<LateFeed> late();

    /** Pages that wait to be sent. */
    int unsentPages();

    /** The partners that are configured. */
    List<String> partners();

    /**
     * Some files.
     *
     * @param files in order
     * @param more whether there are others
     */
    record Found(List<FileLine> files, boolean more) {
        public Found {
            files = List.copyOf(files);
        }
    }

    /**
     * A file, without its name.
     *
     * @param job its id
     * @param feed {@code none} where no feed takes it
     * @param since when the state began
     * @param code why it ended badly or is held; null otherwise
     * @param delivered rows at the engine
     * @param rejected rows kept back
     */
    record FileLine(
            String job,
            String partner,
            String feed,
            JobState state,
            Instant since,
            Instant uploadedAt,
            long bytes,
            @Nullable String code,
            long delivered,
            long rejected) {}

    /**
     * An engine.
     *
     * @param taking whether it takes records, as far as is known
     * @param code what it last answered where it does not; null otherwise
     * @param since when that began; null where not known
     * @param waiting files that wait for it
     */
    record EngineHealth(
            String engine,
            boolean taking,
            @Nullable String code,
            @Nullable Instant since,
            int waiting) {}

    /**
     * An expected file that is not there, or not as expected.
     *
     * @param problem one word: due, late, missing, empty
     * @param due when it was expected
     */
    record LateFeed(String partner, String feed, String problem, Instant due) {}
}
