package io.intake.processors.replay;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.config.Feed;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Hashes;
import io.intake.processors.job.Job;
import io.intake.processors.job.Job.Collected;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.job.Runs;
import io.intake.processors.job.Runs.From;
import io.intake.processors.job.Runs.Replay;
import io.intake.processors.job.Runs.Replayed;
import io.intake.processors.task.TaskStore;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Has files worked on again. A replay's id follows from the job that it replays: of two operators at once the first one's order
 * counts, and ordering the same again, or the sweep, brings to its end what a crash cut short. Thread-safe, also across
 * processes.
 */
public final class Replays {
    /** What a job extracted and stitched expires after 30 days (deploy/bucket.yml): a replay needs some of the time itself. */
    static final Duration DATA_KEPT = Duration.ofDays(28);

    /** Longer than an invocation lives, and than one that was about to open a task. */
    private static final Duration STRANDED = Duration.ofHours(1);

    /** These have a task, or somebody is about to open one. */
    private static final Set<JobState> WORKED_ON = EnumSet.of(
            JobState.RECEIVED, JobState.UNZIPPING, JobState.STITCHING, JobState.FORWARDING, JobState.WAITING);

    private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE.withZone(ZoneOffset.UTC);

    private final ObjectStore store;
    private final JobStore jobs;
    private final TaskStore tasks;
    private final InstantSource clock;

    public Replays(ObjectStore store, JobStore jobs, TaskStore tasks, InstantSource clock) {
        this.store = store;
        this.jobs = jobs;
        this.tasks = tasks;
        this.clock = clock;
    }

    /** What came of an order, or would. */
    public sealed interface Outcome {
        /**
         * It is carried out, or would be.
         *
         * @param job the replay's record
         * @param earlier whether it had been ordered before
         */
        record Accepted(Job job, boolean earlier) implements Outcome {}

        /** There is no such job. */
        record Unknown() implements Outcome {}

        /**
         * It is not carried out.
         *
         * @param why for the operator: a sentence, and what to do instead
         */
        record Refused(String why) implements Outcome {}
    }

    /** What would come of an order; changes nothing. */
    public Outcome check(String id, Order order) {
        Optional<Job> found = jobs.find(id);
        if (found.isEmpty()) {
            return new Outcome.Unknown();
        }
        Job job = found.get();
        Optional<Job> begun = jobs.find(idOf(id));
        if (begun.isPresent()) {
            return earlier(begun.get(), order);
        }
        Optional<String> obstacle = obstacle(job, order);
        return obstacle.<Outcome>map(Outcome.Refused::new)
                .orElseGet(() -> new Outcome.Accepted(describe(job, order, clock.instant()), false));
    }

    /** Carries out an order. */
    public Outcome order(String id, Order order) {
        Outcome checked = check(id, order);
        if (!(checked instanceof Outcome.Accepted(Job wanted, boolean before))) {
            return checked;
        }
        jobs.find(id).filter(job -> WORKED_ON.contains(job.state())).ifPresent(job -> abandon(id));
        String mark = BucketLayout.taken(DAY.format(clock.instant()).substring(0, 8), "replay-" + wanted.id());
        // By it the sweep starts a replay whose operator's machine died behind the next line
        put(mark, wanted.id());
        Job opened = before ? wanted : jobs.open(wanted);
        Job begun = new ReplayStart(jobs, tasks).begin(opened);
        put(mark, "");
        boolean mine = Objects.equals(begun.replay(), wanted.replay());
        return mine ? new Outcome.Accepted(begun, before) : earlier(begun, order);
    }

    private void put(String mark, String content) {
        store.put(PutRequest.of(mark, Content.of(content.getBytes(StandardCharsets.US_ASCII)), "text/plain"));
    }

    /** Ordering the same again is harmless; another order comes too late. */
    private static Outcome earlier(Job replay, Order order) {
        Replay known = Objects.requireNonNull(replay.replay());
        boolean same = known.from() == order.from()
                && known.failedOnly() == order.failedOnly()
                && known.delivery().equals(replay.id()) == order.again();
        if (same && replay.state() == JobState.RECEIVED) {
            return new Outcome.Accepted(replay, true);
        }
        return new Outcome.Refused("%s ordered a replay of it at %s; it is %s, as job %s: see to that one."
                .formatted(known.by(), known.at(), replay.state(), replay.id()));
    }

    private Optional<String> obstacle(Job job, Order order) {
        Replayed newer = job.replayed();
        if (newer != null) {
            return Optional.of("it was replayed as job %s: see to that one.".formatted(newer.as()));
        }
        boolean stranded = isStranded(job, order);
        if (!job.state().terminal() && !stranded) {
            return Optional.of(unended(job));
        }
        if (!job.settled() && !stranded) {
            return Optional.of("it has just ended, and its receipt is being written: try again in a minute.");
        }
        boolean well = job.state() == JobState.DELIVERED || job.state() == JobState.SKIPPED;
        if (well && !order.again()) {
            return Optional.of(
                    "it is %s. To have the engine take its records once more, say --again.".formatted(job.state()));
        }
        Collected collected = job.collected();
        if (collected != null && collected.set() != null) {
            return Optional.of("it is part of the set of job %s: replay that one.".formatted(collected.set()));
        }
        if (order.feed() == null && job.feed() == null) {
            return Optional.of("no feed takes it: correct partners.yml, or name one with --feed.");
        }
        return missing(job, order);
    }

    /**
     * Whether nobody works on it and nobody will: a restored bucket can lack the task that its copy did not have yet. Or, if the operator
     * says so, whether those who do get nowhere, and have not for long.
     */
    private boolean isStranded(Job job, Order order) {
        return WORKED_ON.contains(job.state())
                && job.history().getLast().at().isBefore(clock.instant().minus(STRANDED))
                && (order.stuck()
                        || Stream.of(Stage.UNZIP, Stage.STITCH, Stage.FORWARD)
                                .allMatch(stage -> tasks.open(stage, job.id()).isEmpty()));
    }

    /** Ends a job that nobody works on, so that its replay alone is what becomes of the file. */
    private void abandon(String id) {
        jobs.update(
                id,
                now -> WORKED_ON.contains(now.state())
                        ? now.fail(
                                        Failure.broken(
                                                "GOT_NO_FURTHER",
                                                "The file got no further: what was still to do for it was lost, or could not be done.",
                                                "Nothing: it is worked on again."),
                                        clock.instant())
                                .asSettled()
                        : now);
    }

    private static String unended(Job job) {
        return switch (job.state()) {
            case HELD -> "it is held: release or reject it.";
            case WAITING -> "it waits for its engine, and goes on by itself when that is back.";
            case COLLECTING -> "it waits for the other files of its set, or to be ready.";
            default ->
                ("it is being worked on (%s). What stands still is started again by the sweep; what gets nowhere for an hour, or was"
                                + " paged as STUCK_JOB, is taken with --stuck.")
                        .formatted(job.state());
        };
    }

    private Optional<String> missing(Job job, Order order) {
        if (order.from() == From.UNZIP) {
            return Optional.empty();
        }
        Job source = jobs.find(sourceOf(job)).orElse(job);
        JobState needed = order.from() == From.STITCH ? JobState.STITCHING : JobState.FORWARDING;
        boolean member = job.collected() != null && !job.isSet();
        if (member || source.history().stream().noneMatch(change -> change.state() == needed)) {
            return Optional.of("it never came to that stage: replay it from an earlier one.");
        }
        if (source.history().getLast().at().isBefore(clock.instant().minus(DATA_KEPT))) {
            return Optional.of("what it made has expired, or soon will: replay it from unzip.");
        }
        return order.from() == From.FORWARD ? otherTables(job, order) : Optional.empty();
    }

    /** Tables that were made by one feed are not delivered by another that says otherwise how they come about. */
    private static Optional<String> otherTables(Job job, Order order) {
        Feed now = order.feed();
        Feed then = job.feed();
        if (now == null || then == null) {
            return Optional.empty();
        }
        boolean same = now.tables().equals(then.tables())
                && Objects.equals(now.stitch(), then.stitch())
                && Objects.equals(now.files(), then.files());
        if (!same) {
            return Optional.of("the feed's tables are others now: replay it from stitch, or by the feed as it was with"
                    + " --as-before.");
        }
        return order.failedOnly() && now.batch() != then.batch()
                ? Optional.of(
                        "the feed's batches are of another size now, so that the engine would not know the last one"
                                + " again: say --as-before.")
                : Optional.empty();
    }

    private Job describe(Job job, Order order, Instant now) {
        String id = idOf(job.id());
        Replay replay = new Replay(
                job.id(),
                order.from(),
                order.failedOnly(),
                order.again() ? id : job.deliveryId(),
                order.from() == From.UNZIP ? null : sourceOf(job),
                order.by(),
                now,
                order.why());
        Feed feed = order.feed() == null ? job.requireFeed() : order.feed();
        return Job.open(id, job.partner(), job.input(), feed, now)
                .with(collected(job, feed, order.from()))
                .with(new Runs(replay, null));
    }

    private static @Nullable Collected collected(Job job, Feed feed, From from) {
        Collected before = job.collected();
        if (job.isSet() && before != null) {
            return new Collected(null, before.members(), before.others());
        }
        return from != From.UNZIP || feed.collect() == null ? null : new Collected(null, List.of(), List.of());
    }

    /** The job whose files and tables are there. */
    private static String sourceOf(Job job) {
        return job.dataId();
    }

    /** Of the same day as the upload, as every job about it. */
    static String idOf(String job) {
        return job.substring(0, 8) + "-" + Hashes.hex("replay\0" + job, 10);
    }
}
