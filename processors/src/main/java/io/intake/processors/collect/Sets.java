package io.intake.processors.collect;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Naming;
import io.intake.bucket.Stage;
import io.intake.config.Collect;
import io.intake.config.Feed;
import io.intake.processors.KeyedHashes;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.processors.collect.CollectedSet.Member;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Hashes;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.job.Job.Collected;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.job.RefusedException;
import io.intake.processors.machine.FileSets;
import io.intake.processors.machine.Settlement;
import io.intake.processors.task.TaskStore;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts files into their sets, each once, and opens the job of a set that is closed, once. A crash anywhere is made good by the
 * file's own task, which is still there. Thread-safe, also across processes.
 */
public final class Sets implements FileSets {
    private final ObjectStore store;
    private final Records records;
    private final Naming naming;
    private final JobStore jobs;
    private final TaskStore tasks;
    private final Settlement settlement;
    private final KeyedHashes hashes;
    private final InstantSource clock;
    private final Manifests manifests;

    public Sets(
            ObjectStore store,
            Records records,
            Naming naming,
            JobStore jobs,
            TaskStore tasks,
            Settlement settlement,
            KeyedHashes hashes,
            InstantSource clock) {
        this.store = store;
        this.records = records;
        this.naming = naming;
        this.jobs = jobs;
        this.tasks = tasks;
        this.settlement = settlement;
        this.hashes = hashes;
        this.clock = clock;
        this.manifests = new Manifests(store);
    }

    /** Where a file is, for its feed's patterns. */
    String path(Job job) {
        return naming.place(job.input().key())
                .map(place -> place.path().relative())
                .orElseThrow(() -> new IllegalStateException("job " + job.id() + " is about no upload"));
    }

    /** Puts a file into its set when its content has been extracted; the job is refused if the set is closed. */
    @Override
    public void join(String id) {
        Job first = jobs.require(id);
        String set = setId(first);
        Collect rules = Objects.requireNonNull(first.requireFeed().collect());
        while (true) {
            Optional<Versioned<CollectedSet>> found = records.find(BucketLayout.set(set), CollectedSet.class);
            // read after the set: whoever closes a set first tells its files
            Job job = jobs.require(id);
            if (job.state().terminal()
                    || (job.collected() != null && job.collected().set() != null)) {
                finish(job);
                return;
            }
            CollectedSet now = found.map(Versioned::value).orElse(null);
            if (now != null && now.holds(id)) {
                joined(job, now);
                return;
            }
            if (now != null && !now.isOpen()) {
                open(job, now);
                if (!rules.by().isEmpty() && !begunAnewBy(job, now)) {
                    refuse(id, Failures.late());
                    return;
                }
            }
            CollectedSet before = now != null && now.isOpen() ? now : begin(set, now, rules);
            Member member;
            try {
                member = member(set, job, rules);
            } catch (RefusedException unreadable) {
                refuse(id, unreadable.failure());
                return;
            }
            CollectedSet next = closedIfComplete(before.with(member), rules);
            boolean written = found.map(old -> records.replace(BucketLayout.set(set), old.etag(), next))
                    .orElseGet(() -> records.create(BucketLayout.set(set), next))
                    .isPresent();
            if (written) {
                joined(job, next);
                return;
            }
        }
    }

    /**
     * Whoever is told to send a set again sends it under the same names: what is put after the refusal begins it anew, unless
     * somebody had the first go on. What was on its way before is late.
     */
    private boolean begunAnewBy(Job file, CollectedSet closed) {
        return jobs.find(Objects.requireNonNull(closed.job()))
                .filter(set -> set.state() == JobState.QUARANTINED && set.replayed() == null)
                .map(set -> set.history().getLast().at())
                .filter(refused -> file.input().uploadedAt().isAfter(refused))
                .isPresent();
    }

    private void finish(Job job) {
        if (job.state().terminal()) {
            settlement.settle(job);
        }
    }

    private CollectedSet begin(String set, @org.jspecify.annotations.Nullable CollectedSet former, Collect rules) {
        int generation = former == null ? 1 : former.generation() + 1;
        store.put(PutRequest.of(
                BucketLayout.openSet(set, generation),
                Content.of(set.getBytes(StandardCharsets.US_ASCII)),
                "text/plain"));
        return CollectedSet.begin(set, generation, clock.instant().plusSeconds(rules.withinSeconds()));
    }

    private Member member(String set, Job job, Collect rules) {
        String path = path(job);
        String part = rules.part(path).map(Collect.Part::name).orElse(null);
        String name = hashes.hex(job.partner() + "\0" + path, 10);
        if (rules.manifest() == null) {
            return new Member(
                    job.id(), name, rules.isMarker(path), part, job.input().uploadedAt(), null, List.of());
        }
        boolean list = rules.isManifest(path);
        List<String> listed = list
                ? manifests.read(job).stream()
                        .map(file -> file(set, file.name()))
                        .toList()
                : List.of();
        return new Member(
                job.id(),
                name,
                list || rules.isMarker(path),
                part,
                job.input().uploadedAt(),
                file(set, Manifests.name(path)),
                listed);
    }

    /** What stands for a file's name in the record of a set. */
    private String file(String set, String name) {
        return hashes.hex(set + "\0file\0" + name, 10);
    }

    private static CollectedSet closedIfComplete(CollectedSet set, Collect rules) {
        return set.isComplete(rules) ? set.closed(jobId(set), true) : set;
    }

    /** The id of a set's job begins with a day, as all do: that of its first file. */
    static String jobId(CollectedSet set) {
        String day = set.members().getFirst().job().substring(0, 8);
        return day + "-" + Hashes.hex(set.id() + "\0" + set.generation(), 10);
    }

    private String setId(Job job) {
        Feed feed = job.requireFeed();
        Matcher matcher = Pattern.compile(feed.match()).matcher(path(job));
        StringBuilder identity = new StringBuilder(job.partner()).append('\0').append(feed.id());
        if (matcher.matches()) {
            for (String group : Objects.requireNonNull(feed.collect()).by()) {
                identity.append('\0').append(matcher.group(group));
            }
        }
        return hashes.hex(identity.toString(), 12);
    }

    private void joined(Job job, CollectedSet set) {
        if (set.isOpen()) {
            boolean counts = !set.replaced().contains(job.id());
            if (counts) {
                settlement.collected(collecting(job.id(), jobId(set)));
            }
            set.replaced().forEach(each -> refuse(each, Failures.replaced()));
        } else {
            open(job, set);
        }
    }

    private Job collecting(String member, String setJob) {
        return jobs.update(member, now -> {
            if (now.state().terminal() || now.state() == JobState.COLLECTING) {
                return now;
            }
            return now.become(JobState.COLLECTING, clock.instant()).with(new Collected(setJob, List.of(), List.of()));
        });
    }

    private void refuse(String job, Failure failure) {
        settlement.settle(jobs.update(job, now -> now.state().terminal() ? now : now.fail(failure, clock.instant())));
    }

    /**
     * Tells the files of a closed set, and opens its job.
     *
     * @param any a file of it, whose feed the set is worked on by
     */
    void open(Job any, CollectedSet set) {
        String id = Objects.requireNonNull(set.job());
        List<Job> withData = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (Member member : set.members()) {
            Job told = collecting(member.job(), id);
            if (!told.state().terminal()) {
                settlement.collected(told);
            }
            if (member.marker()) {
                others.add(member.job());
            } else {
                withData.add(told);
            }
        }
        set.replaced().forEach(each -> refuse(each, Failures.replaced()));
        withData.sort(Comparator.comparing(this::path).thenComparing(Job::id));
        Job job = jobs.open(describe(id, any, withData, others));
        if (job.state() == JobState.RECEIVED && !set.complete()) {
            refuse(
                    id,
                    Failures.incomplete(
                            set.missing(Objects.requireNonNull(any.requireFeed().collect()))));
        } else if (job.state() == JobState.RECEIVED) {
            tasks.open(Stage.UNZIP, id, 0);
        } else if (job.state().terminal()) {
            settlement.settle(job);
        }
        if (set.paged()) {
            settlement.setClosed(any, jobId(set));
        }
        store.delete(BucketLayout.openSet(set.id(), set.generation()));
    }

    private Job describe(String id, Job any, List<Job> withData, List<String> others) {
        List<Job> all = withData.isEmpty() ? List.of(any) : withData;
        Input first = all.getFirst().input();
        long size = all.stream().mapToLong(each -> each.input().size()).sum();
        Input input = new Input(
                first.key(),
                null,
                "set-" + id,
                size,
                null,
                all.stream()
                        .map(each -> each.input().uploadedAt())
                        .max(Comparator.naturalOrder())
                        .orElseThrow());
        List<String> members = all.stream().map(Job::id).toList();
        return Job.open(id, any.partner(), input, any.requireFeed(), clock.instant())
                .with(new Collected(null, members, others));
    }
}
