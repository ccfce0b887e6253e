package io.intake.processors.ready;

import io.intake.bucket.Naming;
import io.intake.bucket.Renamed;
import io.intake.config.Ready;
import io.intake.config.Ready.Rule;
import io.intake.processors.KeyedHashes;
import io.intake.processors.Records;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.job.JobStore;
import io.intake.processors.job.RefusedException;
import io.intake.processors.machine.Settlement;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.UploadPage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Decides when uploads count as whole, by their feed's rule. One that does not yet has a job that waits, and a mark by which
 * the sweep finds it; nothing else happens to it until it is ready, was put again, or its time is up. Looking again at any
 * time, and twice at once, does no harm. Thread-safe, also across processes.
 */
public final class Readiness {
    /** So long a file waits before its sender is told: usually its marker or list is on the way. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** A mark without a job is of an upload that was gone by the time its job was to be opened. */
    private static final Duration ABANDONED = Duration.ofDays(1);

    private final ObjectStore store;
    private final JobStore jobs;
    private final Settlement settlement;
    private final InstantSource clock;
    private final WaitMarks marks;
    private final Notices notices;

    /** @param bucket its name, which jobs' ids are derived from */
    public Readiness(
            ObjectStore store,
            Records records,
            String bucket,
            Naming naming,
            JobStore jobs,
            Settlement settlement,
            KeyedHashes hashes,
            InstantSource clock) {
        this.store = store;
        this.jobs = jobs;
        this.settlement = settlement;
        this.clock = clock;
        this.marks = new WaitMarks(store, hashes);
        this.notices = new Notices(store, records, bucket, naming, jobs, marks);
    }

    private static boolean waitsFirst(Job job) {
        return job.feed() != null && job.requireFeed().ready().rule() != Rule.CLOSE;
    }

    private static boolean isNamedByOthers(Job job) {
        Rule rule = job.requireFeed().ready().rule();
        return rule == Rule.MARKER || rule == Rule.MANIFEST;
    }

    /** Whether an upload only says of others that they are ready. */
    public boolean isNotice(Job job) {
        return waitsFirst(job) && notices.isNotice(job);
    }

    /** A job as it is to be opened: it waits unless the upload itself tells that it is ready. Its mark is there before it. */
    public Job opened(Job described, ObjectInfo object) {
        boolean ready = !waitsFirst(described)
                || (described.requireFeed().ready().rule() == Rule.RENAME && Renamed.is(object.metadata()));
        if (ready) {
            return described;
        }
        marks.put(mark(described));
        Failure waits = notices.isNotice(described)
                ? Reasons.alone(isList(described), 1)
                : Reasons.first(described.requireFeed());
        return described.await(waits, clock.instant());
    }

    private boolean isList(Job notice) {
        return notice.requireFeed().ready().rule() == Rule.MANIFEST;
    }

    private String mark(Job job) {
        return notices.isNotice(job) ? marks.notice(job, notices.scope(job)) : marks.file(job, notices.path(job));
    }

    /** Whether there is nothing for anybody to do about a job: its file is not ready, or it ended without having been. */
    public static boolean isOut(Job job) {
        boolean endedSo = job.state().terminal()
                && job.history().size() > 1
                && job.history().get(job.history().size() - 2).state() == JobState.COLLECTING;
        return job.awaits() || endedSo;
    }

    /** Takes the mark of a job away that waits no more. */
    public void over(Job job) {
        boolean waited =
                job.history().size() > 1 && job.history().get(1).state() == JobState.COLLECTING && !job.awaits();
        if (waited && waitsFirst(job)) {
            store.delete(mark(job));
        }
    }

    /** The marks of jobs that wait. */
    public void marks(Consumer<ObjectInfo> each) {
        marks.all(each);
    }

    /** The job that a mark is of. */
    public static String job(String mark) {
        return WaitMarks.job(mark);
    }

    /** Takes a mark away that has no job and gets none. */
    public void forget(ObjectInfo mark) {
        if (mark.lastModified().isBefore(clock.instant().minus(ABANDONED))) {
            store.delete(mark.key());
        }
    }

    /** The jobs that are to be looked at because an upload came: others under its name, and those that it has to do with. */
    public List<String> concernedBy(Job job) {
        if (!waitsFirst(job)) {
            return List.of();
        }
        if (notices.isNotice(job)) {
            List<String> concerned = new ArrayList<>(marks.notices(job, notices.scope(job)));
            concerned.addAll(notices.named(job));
            return concerned;
        }
        List<String> concerned = new ArrayList<>(marks.files(job, notices.path(job)));
        if (isNamedByOthers(job)) {
            concerned.addAll(notices.about(job));
        }
        return concerned;
    }

    /**
     * Looks at a job that waits; any other is given back as it is.
     *
     * @return the job: as it was opened if it is ready now, or waiting, or ended
     */
    public Job look(Job job) {
        if (!job.awaits()) {
            return job;
        }
        Instant now = clock.instant();
        return notices.isNotice(job) ? lookAtNotice(job, now) : lookAtFile(job, now);
    }

    private Job lookAtFile(Job job, Instant now) {
        if (isNamedByOthers(job) && notices.isEntered(job)) {
            return ready(job, now);
        }
        Optional<ObjectInfo> object = store.head(job.input().key());
        if (object.isEmpty()) {
            return skip(job, Reasons.withdrawn(), now);
        }
        if (!notices.isOf(job, object.get())) {
            return skip(job, Reasons.superseded(), now);
        }
        Optional<Failure> waits = switch (job.requireFeed().ready().rule()) {
            case RENAME -> Optional.of(Reasons.notRenamed());
            case STABLE -> isStable(job, now) ? Optional.empty() : Optional.of(Reasons.notStable());
            case MARKER, MANIFEST -> notices.look(job);
            case CLOSE -> Optional.empty();
        };
        return waits.isEmpty() ? ready(job, now) : wait(job, waits.get(), now);
    }

    /**
     * Whether an upload is that old and nobody puts the file again. The time counts from when the job was opened: the store's
     * is that of an upload's begin, which can be hours ago.
     */
    private boolean isStable(Job job, Instant now) {
        Ready rules = job.requireFeed().ready();
        Instant opened = job.history().getFirst().at();
        Instant uploaded = job.input().uploadedAt();
        Instant since = opened.isAfter(uploaded) ? opened : uploaded;
        if (now.isBefore(since.plusSeconds(rules.quietSeconds()))) {
            return false;
        }
        String key = job.input().key();
        UploadPage page = store.listUploads(key, null);
        return page.uploads().stream().noneMatch(upload -> upload.ref().key().equals(key));
    }

    private Job lookAtNotice(Job job, Instant now) {
        Optional<ObjectInfo> object = store.head(job.input().key());
        if (object.isEmpty()) {
            return skip(job, Reasons.withdrawn(), now);
        }
        if (!notices.isOf(job, object.get())) {
            return skip(job, Reasons.superseded(), now);
        }
        int missing;
        try {
            missing = notices.missing(job);
        } catch (RefusedException unreadable) {
            return fail(job, unreadable.failure(), now);
        }
        if (missing == 0) {
            return skip(job, Reasons.done(isList(job)), now);
        }
        return isOverdue(job, now) && notices.hasItsFile(job)
                ? skip(job, Reasons.unused(), now)
                : wait(job, Reasons.alone(isList(job), missing), now);
    }

    private static boolean isOverdue(Job job, Instant now) {
        Instant since = job.history().getLast().at();
        return !now.isBefore(since.plusSeconds(job.requireFeed().ready().withinSeconds()));
    }

    private Job ready(Job job, Instant now) {
        return jobs.update(job.id(), each -> each.awaits() ? each.release(JobState.RECEIVED, now) : each);
    }

    private Job skip(Job job, Failure why, Instant now) {
        return jobs.update(job.id(), each -> each.awaits() ? each.skip(why, now) : each);
    }

    private Job fail(Job job, Failure why, Instant now) {
        return jobs.update(job.id(), each -> each.awaits() ? each.fail(why, now) : each);
    }

    private Job wait(Job job, Failure why, Instant now) {
        if (isOverdue(job, now)) {
            return fail(job, why, now);
        }
        Instant since = job.history().getLast().at();
        Job waiting = jobs.update(job.id(), each -> each.awaits() ? each.await(why, now) : each);
        boolean wrong = why.code().equals(Reasons.NOT_RENAMED) || why.code().equals(Reasons.DIFFERS);
        if (wrong || !now.isBefore(since.plus(PATIENCE))) {
            settlement.awaited(waiting);
        }
        return waiting;
    }
}
