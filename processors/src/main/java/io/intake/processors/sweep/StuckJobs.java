package io.intake.processors.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.BucketLayout;
import io.intake.config.Configuration;
import io.intake.config.Pager;
import io.intake.processors.Json;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.processors.job.Hashes;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.page.Outbox;
import io.intake.processors.page.Pages;
import io.intake.processors.task.TaskStore.TaskKey;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells of files that are worked on and get nowhere: those whose tasks and cursors are for hours what they were. What all
 * unfinished files had come to is kept in one object from sweep to sweep. Thread-safe.
 */
public final class StuckJobs {
    /** Files that are watched at once; an object of about a megabyte. */
    private static final int MOST = 10_000;

    /** The numbers of the two pages of a job; above those of its states. */
    private static final int STUCK = 910_000;

    /** These have pages of their own. */
    private static final Set<JobState> WAITING = EnumSet.of(JobState.WAITING, JobState.HELD, JobState.COLLECTING);

    private final ObjectStore store;
    private final Records records;
    private final JobStore jobs;
    private final Outbox outbox;
    private final Supplier<Configuration> configuration;

    public StuckJobs(
            ObjectStore store, Records records, JobStore jobs, Outbox outbox, Supplier<Configuration> configuration) {
        this.store = store;
        this.records = records;
        this.jobs = jobs;
        this.outbox = outbox;
        this.configuration = configuration;
    }

    /**
     * How far a job had got.
     *
     * @param print of its tasks and cursors
     * @param since when it was first seen so
     * @param told partner and feed, if people were told; null if not
     */
    record Progress(String print, Instant since, @Nullable String told) {}

    /** All that are watched, by job. */
    record Watched(TreeMap<String, Progress> jobs) {
        Watched {
            jobs = new TreeMap<>(jobs);
        }
    }

    /** What one sweep sees. Not thread-safe. */
    static final class Round {
        private final Set<String> young = new HashSet<>();
        private final TreeMap<String, TreeSet<String>> seen = new TreeMap<>();

        /** A task that was written just now: whether its job gets on is not known. */
        void young(TaskKey task) {
            young.add(task.job());
        }

        /** A task as it stands. */
        void saw(TaskKey task, @Nullable JsonNode cursor) {
            seen.computeIfAbsent(task.job(), job -> new TreeSet<>()).add(task + " " + cursor);
        }
    }

    void end(Round round, Instant now) {
        Pager pager = configuration.get().pager();
        Optional<Versioned<Watched>> before = records.find(BucketLayout.WATCHED, Watched.class);
        TreeMap<String, Progress> known =
                before.map(found -> found.value().jobs()).orElseGet(TreeMap::new);
        TreeMap<String, Progress> next = new TreeMap<>();
        round.seen.forEach((job, tasks) -> {
            Progress last = known.get(job);
            String print = Hashes.hex(String.join("\n", tasks), 8);
            Progress progress = last != null && (last.print().equals(print) || round.young.contains(job))
                    ? last
                    : new Progress(print, now, last == null ? null : goesOn(job, last));
            if (next.size() < MOST) {
                next.put(job, pager == null ? progress : told(job, progress, pager.stuckAfter(), now));
            }
        });
        known.forEach((job, last) -> {
            if (round.young.contains(job)) {
                next.putIfAbsent(job, last);
            } else if (!next.containsKey(job)) {
                goesOn(job, last);
            }
        });
        if (!next.equals(known)) {
            store.put(PutRequest.of(BucketLayout.WATCHED, Content.of(Json.bytes(new Watched(next))), Json.TYPE));
        }
    }

    private Progress told(String id, Progress progress, Duration after, Instant now) {
        if (progress.told() != null || now.isBefore(progress.since().plus(after))) {
            return progress;
        }
        Optional<Job> job =
                jobs.find(id).filter(found -> !found.state().terminal() && !WAITING.contains(found.state()));
        if (job.isEmpty()) {
            return progress;
        }
        long hours = Duration.between(progress.since(), now).toHours();
        outbox.leave(id, STUCK, Pages.stuck(job.get(), hours));
        return new Progress(
                progress.print(),
                progress.since(),
                job.get().partner() + "/" + job.get().feedId());
    }

    /** Ends what people were told; gives what they are told now: nothing. */
    private @Nullable String goesOn(String job, Progress last) {
        String told = last.told();
        if (told != null) {
            String[] whose = told.split("/", 2);
            outbox.leave(job, STUCK + 1, Pages.stuckNoMore(whose[0], whose[1], job));
        }
        return null;
    }
}
