package io.intake.processors.intake;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Naming;
import io.intake.bucket.Naming.Area;
import io.intake.bucket.Naming.Place;
import io.intake.bucket.Stage;
import io.intake.bucket.Withheld;
import io.intake.config.Configuration;
import io.intake.config.Controls.OutOfSequence;
import io.intake.config.Feed;
import io.intake.config.FeedMode;
import io.intake.processors.expect.Expectations;
import io.intake.processors.hold.FeedSequence;
import io.intake.processors.hold.HoldReasons;
import io.intake.processors.hold.PausedFeeds;
import io.intake.processors.hold.SameBytes;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.job.Job.Collected;
import io.intake.processors.job.JobId;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.job.Rekeyed;
import io.intake.processors.machine.Settlement;
import io.intake.processors.order.Turns;
import io.intake.processors.ready.Readiness;
import io.intake.processors.replay.ReplayStart;
import io.intake.processors.task.TaskStore;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Opens a job for an uploaded object, once, however often it is called for it. What counts is the object as it is now, not
 * what an event said: events are doubled, late and out of order. Thread-safe.
 */
public final class Intake {
    private final ObjectStore store;
    private final String bucket;
    private final Naming naming;
    private final Supplier<Configuration> configuration;
    private final JobStore jobs;
    private final TaskStore tasks;
    private final Settlement settlement;
    private final SameBytes sameBytes;
    private final PausedFeeds paused;
    private final Expectations expectations;
    private final TakenMarks marks;
    private final FeedSequence sequence;
    private final InstantSource clock;
    private final Turns turns;
    private final Readiness readiness;

    public Intake(
            ObjectStore store,
            String bucket,
            Naming naming,
            Supplier<Configuration> configuration,
            JobStore jobs,
            TaskStore tasks,
            Settlement settlement,
            SameBytes sameBytes,
            PausedFeeds paused,
            Expectations expectations,
            FeedSequence sequence,
            TakenMarks marks,
            InstantSource clock,
            Turns turns,
            Readiness readiness) {
        this.store = store;
        this.bucket = bucket;
        this.naming = naming;
        this.configuration = configuration;
        this.jobs = jobs;
        this.tasks = tasks;
        this.settlement = settlement;
        this.sameBytes = sameBytes;
        this.paused = paused;
        this.expectations = expectations;
        this.sequence = sequence;
        this.marks = marks;
        this.clock = clock;
        this.turns = turns;
        this.readiness = readiness;
    }

    /** Whether a key is a partner's upload that can be read; folders' markers are not. */
    public boolean isUpload(String key) {
        return !key.endsWith("/")
                && naming.place(key)
                        .filter(place -> place.area() == Area.INBOUND)
                        .isPresent();
    }

    /**
     * Opens a job for the object at a key, or brings what was begun for it to its end.
     *
     * @return the job; empty if the key is no upload or the object is gone
     * @throws IllegalStateException if the key is an upload's by another naming than ours, so that somebody is told: a file
     *     whose name cannot be read would else be passed over in silence
     */
    public Optional<Job> take(String key) {
        if (!isUpload(key)) {
            if (key.startsWith(BucketLayout.INBOUND) && !key.endsWith("/")) {
                throw new IllegalStateException("the name of an upload cannot be read: do the functions have the"
                        + " gateway's INTAKE_NAMING and name keys?");
            }
            return Optional.empty();
        }
        Place place = naming.place(key).orElseThrow();
        return store.head(key).filter(object -> !isWithheld(place, object)).flatMap(object -> take(place, object));
    }

    /**
     * Whether the gateway moves the object to the name that the partner gave it, or has done so. It deletes the object before
     * the mark: an object that is still there after no mark was found never had one.
     */
    private boolean isWithheld(Place place, ObjectInfo object) {
        Optional<String> mark = Withheld.mark(place.partner(), object.key(), object.metadata());
        if (mark.isEmpty()) {
            return false;
        }
        return store.head(mark.get()).isPresent()
                || store.head(object.key())
                        .filter(now -> now.etag().equals(object.etag())
                                && now.lastModified().equals(object.lastModified()))
                        .isEmpty();
    }

    /** An object that was only moved has its job already, or had it: it is never opened again. */
    private Optional<Job> take(Place place, ObjectInfo object) {
        if (Rekeyed.job(object).isPresent()) {
            Optional<Job> job = jobs.find(JobId.of(bucket, object));
            job.ifPresent(found -> marks.end(object));
            return job;
        }
        Job described = describe(place, object);
        // Before the mark: an upload that has one is in its place already
        if (!readiness.isNotice(described)) {
            turns.expect(described);
        }
        marks.begin(object, described.id());
        Job job = begin(jobs.open(readiness.opened(described, object)));
        List<String> others = readiness.concernedBy(job);
        others.forEach(other -> jobs.find(other).ifPresent(this::begin));
        if (!others.isEmpty() && readiness.isNotice(job)) {
            job = begin(jobs.require(job.id()));
        }
        marks.end(object);
        return Optional.of(job);
    }

    /** Looks whether files that were not ready are by now; each for itself, so that one does not keep the others from it. */
    public void lookAtWaiting(Consumer<Runnable> each) {
        readiness.marks(mark -> each.accept(
                () -> jobs.find(Readiness.job(mark.key())).ifPresentOrElse(this::begin, () -> readiness.forget(mark))));
    }

    private Job begin(Job opened) {
        if (opened.replay() != null) {
            return new ReplayStart(jobs, tasks).begin(opened);
        }
        Job looked = readiness.look(opened);
        if (Readiness.isOut(looked)) {
            if (looked.state().terminal()) {
                settlement.settle(looked);
                readiness.over(looked);
            }
            return looked;
        }
        Job job = paused(inSequence(weighed(looked)));
        if (job.feed() != null) {
            expectations.arrived(job, clock.instant());
        }
        if (job.state().terminal() || job.state() == JobState.HELD) {
            settlement.settle(job);
            if (isPaused(job)) {
                paused.mark(job);
            }
        } else if (job.state() == JobState.RECEIVED) {
            settlement.received(job);
            tasks.open(Stage.UNZIP, job.id(), 0);
        }
        readiness.over(job);
        return job;
    }

    /** A job that has just been opened may be of a file that was sent before. */
    private Job weighed(Job job) {
        Optional<String> earlier = job.state() == JobState.RECEIVED ? sameBytes.earlier(job) : Optional.empty();
        return earlier.isEmpty()
                ? job
                : jobs.update(
                        job.id(),
                        now -> now.state() == JobState.RECEIVED ? repeated(now.withEarlier(earlier.get())) : now);
    }

    /** A job that has just been opened may be of a feed that is paused. */
    private Job paused(Job job) {
        if (job.state() != JobState.RECEIVED || job.requireFeed().mode() != FeedMode.PAUSED) {
            return job;
        }
        settlement.received(job);
        return jobs.update(
                job.id(),
                now -> now.state() == JobState.RECEIVED
                                && now.history().stream().noneMatch(change -> change.state() == JobState.HELD)
                        ? now.hold(HoldReasons.paused(), clock.instant())
                        : now);
    }

    private static boolean isPaused(Job job) {
        Failure reason = job.failure();
        return job.state() == JobState.HELD && reason != null && HoldReasons.isPaused(reason);
    }

    /** A file whose number is not the next waits, or somebody is told. */
    private Job inSequence(Job job) {
        if (job.state() != JobState.RECEIVED || job.requireFeed().controls().sequence() == null) {
            return job;
        }
        String path = String.join(
                "/", naming.place(job.input().key()).orElseThrow().path().segments());
        Optional<Failure> problem = sequence.problem(job, path);
        if (problem.isEmpty()) {
            return job;
        }
        if (Objects.requireNonNull(job.requireFeed().controls().sequence()).policy() == OutOfSequence.WARN) {
            settlement.warned(job, problem.get());
            return job;
        }
        return jobs.update(
                job.id(), now -> now.state() == JobState.RECEIVED ? now.hold(problem.get(), clock.instant()) : now);
    }

    private Job repeated(Job job) {
        return switch (job.requireFeed().controls().sameBytes()) {
            case PROCESS -> job;
            case SKIP -> job.become(JobState.SKIPPED, clock.instant());
            case HOLD -> job.hold(HoldReasons.sameBytes(), clock.instant());
        };
    }

    /**
     * Brings to its end what was begun for an upload that may have been replaced since.
     *
     * @param mark its key
     * @return the job; empty if none had been opened
     */
    public Optional<Job> resume(String mark) {
        Optional<Job> job = marks.job(mark).flatMap(jobs::find).map(this::begin);
        job.ifPresent(begun -> marks.end(mark));
        return job;
    }

    private Job describe(Place place, ObjectInfo object) {
        String id = JobId.of(bucket, object);
        Input input = new Input(
                object.key(),
                object.versionId(),
                object.etag(),
                object.size(),
                object.metadata().get("crc32"),
                object.lastModified(),
                object.metadata().get(JobId.UPLOAD_ID));
        String path = place.path().relative();
        Optional<Feed> feed = configuration.get().partner(place.partner()).flatMap(partner -> partner.feedFor(path));
        return feed.map(found -> Job.open(id, place.partner(), input, found, clock.instant())
                        .with(found.collect() == null ? null : new Collected(null, List.of(), List.of())))
                .orElseGet(() -> Job.unmatched(id, place.partner(), input, unmatched(), clock.instant()));
    }

    private static Failure unmatched() {
        return Failure.badData(
                "UNMATCHED",
                "The file's name matches none of the files agreed with you, so nothing was done with it.",
                "Check the name and folder against what was agreed and put the file again, or ask us to add it.");
    }
}
