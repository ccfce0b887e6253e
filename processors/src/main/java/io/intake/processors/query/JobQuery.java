package io.intake.processors.query;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobId;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.task.TaskStore.TaskKey;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Finds jobs. A job's id begins with the day of its upload, so that the listing of {@code jobs/} is an index by day: of a day's
 * jobs the requests are one listing per thousand and one small GET for each job, up to {@value #WINDOW} at once; a job by its id
 * is one GET. Summaries of jobs that are over are remembered, so that who asks again and again pays for the others only.
 * Thread-safe.
 */
public final class JobQuery {
    /** Reads under way at once. */
    static final int WINDOW = 48;

    /** Summaries that are remembered: about 500 bytes each. */
    static final int REMEMBERED = 20_000;

    private final ObjectStore store;
    private final JobStore jobs;
    private final Map<String, JobSummary> remembered;

    /** @param jobs with the names of tables open where the caller may read them, else as they are kept */
    public JobQuery(ObjectStore store, JobStore jobs) {
        this.store = store;
        this.jobs = jobs;
        this.remembered = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, JobSummary> eldest) {
                return size() > REMEMBERED;
            }
        });
    }

    /**
     * Some of the jobs that were asked for.
     *
     * @param jobs by id, and so by day
     * @param next where to go on; null if these are all
     */
    public record Page(List<JobSummary> jobs, @Nullable String next) {
        public Page {
            jobs = List.copyOf(jobs);
        }
    }

    /** A job's whole record: one GET. */
    public Optional<Job> job(String id) {
        return jobs.find(id);
    }

    /**
     * Hands on the jobs that are asked for, by day, and within a day by id.
     *
     * @param sink gets each; false to stop
     */
    public void each(JobFilter filter, Predicate<Job> sink) {
        for (LocalDate day = filter.from(); !day.isAfter(filter.to()); day = day.plusDays(1)) {
            boolean[] more = {true};
            Fetches.each(
                    ids(day, null),
                    jobs::find,
                    job -> {
                        more[0] = !filter.matches(job) || sink.test(job);
                        return more[0];
                    },
                    WINDOW);
            if (!more[0]) {
                return;
            }
        }
    }

    /**
     * A page of summaries.
     *
     * @param after the {@link Page#next} of the page before; null for the first
     * @param limit how many at most, from 1
     */
    public Page page(JobFilter filter, @Nullable String after, int limit) {
        List<JobSummary> found = new ArrayList<>();
        LocalDate first = after == null ? filter.from() : day(after);
        for (LocalDate day = first; !day.isAfter(filter.to()); day = day.plusDays(1)) {
            Iterator<String> ids = ids(day, after != null && day.equals(first) ? after : null);
            Fetches.each(
                    ids,
                    id -> summary(id, filter),
                    summary -> {
                        found.add(summary);
                        return found.size() <= limit;
                    },
                    WINDOW);
            if (found.size() > limit) {
                List<JobSummary> page = found.subList(0, limit);
                return new Page(page, page.getLast().id());
            }
        }
        return new Page(found, null);
    }

    /**
     * Reads those jobs of some days that somebody wants to see: one listing for each thousand, however many days, and a GET for
     * each that is wanted.
     *
     * @param wanted whether a job is to be read, by its id
     * @param sink gets their summaries, by day, and within a day by id
     */
    public void read(LocalDate from, LocalDate to, Predicate<String> wanted, Consumer<JobSummary> sink) {
        String first = JobFilter.prefix(from);
        String last = JobFilter.prefix(to);
        int same = 0;
        while (same < first.length() && first.charAt(same) == last.charAt(same)) {
            same++;
        }
        List<String> ids = new ArrayList<>();
        Listing.foldersFrom(store, BucketLayout.JOBS, first.substring(0, same), first)
                .forEachRemaining(id -> {
                    if (id.compareTo(last + "~") < 0 && wanted.test(id)) {
                        ids.add(id);
                    }
                });
        Fetches.each(
                ids.iterator(),
                jobs::find,
                job -> {
                    sink.accept(JobSummary.of(job));
                    return true;
                },
                WINDOW);
    }

    /** What is remembered cannot be asked everything. */
    private Optional<JobSummary> summary(String id, JobFilter filter) {
        JobSummary known = remembered.get(id);
        if (known != null && !filter.mayMatch(known)) {
            return Optional.empty();
        }
        if (known != null && filter.also() == null) {
            return Optional.of(known);
        }
        Optional<Job> job = jobs.find(id);
        // what was over when it was remembered has been replayed since
        job.map(Job::replay)
                .ifPresent(replay ->
                        remembered.computeIfPresent(replay.of(), (of, old) -> old.replayedAs() == null ? null : old));
        job.map(JobSummary::of).filter(JobSummary::over).ifPresent(over -> remembered.put(id, over));
        return job.filter(filter::matches).map(JobSummary::of);
    }

    /** Jobs that wait for a person's decision: a listing of their marks and a GET for each. */
    public List<JobSummary> held() {
        return summaries(
                mapped(
                        Listing.objects(store, BucketLayout.HELD),
                        object -> Optional.of(object.key().substring(BucketLayout.HELD.length()))),
                job -> job.state() == JobState.HELD);
    }

    /**
     * Jobs that something is still to do for: a listing of the tasks and a GET for each job. Jobs that are held, or that wait
     * for other files of their set, are not among them.
     */
    public List<JobSummary> unfinished() {
        Set<String> ids = new TreeSet<>();
        for (Stage stage : Stage.values()) {
            if (stage != Stage.PAGE) {
                mapped(
                                Listing.objects(store, BucketLayout.TASKS + stage.id() + "/"),
                                object -> TaskKey.parse(object.key()).map(TaskKey::job))
                        .forEachRemaining(ids::add);
            }
        }
        return summaries(ids.iterator(), job -> true);
    }

    /** Jobs of some days that were refused or could not be processed, from the listing of {@code quarantine/} and a GET for each. */
    public List<JobSummary> quarantined(LocalDate from, LocalDate to, int limit) {
        List<JobSummary> found = new ArrayList<>();
        for (LocalDate day = to; !day.isBefore(from) && found.size() < limit; day = day.minusDays(1)) {
            Fetches.each(
                    Listing.folders(store, BucketLayout.QUARANTINE, JobFilter.prefix(day), null),
                    jobs::find,
                    job -> {
                        found.add(JobSummary.of(job));
                        return found.size() < limit;
                    },
                    WINDOW);
        }
        return found;
    }

    /**
     * The job of the upload that is under a key now: a HEAD and a GET. Earlier uploads under the same key are found by their
     * day.
     *
     * @param bucket its name, which is in a job's id
     */
    public Optional<Job> of(String bucket, String key) {
        return store.head(key).map(object -> JobId.of(bucket, object)).flatMap(jobs::find);
    }

    private List<JobSummary> summaries(Iterator<String> ids, Predicate<Job> condition) {
        List<JobSummary> found = new ArrayList<>();
        Fetches.each(
                ids,
                jobs::find,
                job -> {
                    if (condition.test(job)) {
                        found.add(JobSummary.of(job));
                    }
                    return true;
                },
                WINDOW);
        return found;
    }

    private Iterator<String> ids(LocalDate day, @Nullable String after) {
        return Listing.folders(store, BucketLayout.JOBS, JobFilter.prefix(day), after);
    }

    private static LocalDate day(String id) {
        try {
            return LocalDate.parse(id.substring(0, 8), DateTimeFormatter.BASIC_ISO_DATE);
        } catch (RuntimeException wrong) {
            throw new IllegalArgumentException("no place to go on from", wrong);
        }
    }

    private static Iterator<String> mapped(Iterator<ObjectInfo> objects, Function<ObjectInfo, Optional<String>> name) {
        Iterable<ObjectInfo> all = () -> objects;
        Stream<ObjectInfo> stream = StreamSupport.stream(all.spliterator(), false);
        return stream.flatMap(object -> name.apply(object).stream()).iterator();
    }
}
