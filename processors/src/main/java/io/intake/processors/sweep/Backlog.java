package io.intake.processors.sweep;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.task.TaskStore.TaskKey;
import io.intake.store.ListPage;
import io.intake.store.ListRequest;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Measures what is not done yet: one listing per thousand tasks, and a record for each of their jobs. Thread-safe. */
public final class Backlog {
    /** Jobs whose records are read: beyond these, ages and counts of waiting files are of the first ones by id. */
    private static final int JOBS = 500;

    private final ObjectStore store;
    private final JobStore jobs;
    private final InstantSource clock;

    public Backlog(ObjectStore store, JobStore jobs, InstantSource clock) {
        this.store = store;
        this.jobs = jobs;
        this.clock = clock;
    }

    /**
     * What was found.
     *
     * @param tasks of files that are not done
     * @param pages that are not sent
     * @param oldest how long ago the oldest file with a task was uploaded; zero if there is none
     * @param waiting files that wait, by engine
     */
    public record Measured(long tasks, long pages, Duration oldest, SortedMap<String, Long> waiting) {}

    /**
     * Measures.
     *
     * @throws io.intake.store.StoreException if the store fails
     */
    public Measured measure() {
        Set<String> open = new LinkedHashSet<>();
        long tasks = 0;
        long pages = 0;
        ListRequest request = ListRequest.under(BucketLayout.TASKS);
        while (true) {
            ListPage page = store.list(request);
            for (ObjectInfo object : page.objects()) {
                Optional<TaskKey> key = TaskKey.parse(object.key());
                if (key.isPresent() && key.get().stage() == Stage.PAGE) {
                    pages++;
                } else if (key.isPresent()) {
                    tasks++;
                    open.add(key.get().job());
                }
            }
            String continuation = page.continuation();
            if (continuation == null) {
                return aged(open, tasks, pages);
            }
            request = request.after(continuation);
        }
    }

    private Measured aged(Set<String> open, long tasks, long pages) {
        Instant now = clock.instant();
        Instant oldest = now;
        SortedMap<String, Long> waiting = new TreeMap<>();
        for (String id : open.stream().limit(JOBS).toList()) {
            Optional<Job> job = jobs.find(id).filter(found -> !found.state().terminal());
            if (job.isPresent()) {
                Instant uploaded = job.get().input().uploadedAt();
                oldest = uploaded.isBefore(oldest) ? uploaded : oldest;
                if (job.get().state() == JobState.WAITING) {
                    waiting.merge(job.get().requireFeed().engine(), 1L, Long::sum);
                }
            }
        }
        return new Measured(tasks, pages, Duration.between(oldest, now), waiting);
    }
}
