package io.intake.processors.page;

import io.intake.bucket.BucketLayout;
import io.intake.config.FeedMode;
import io.intake.config.PageKind;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.page.PageEvent.Action;
import io.intake.processors.page.PageEvent.Group;
import io.intake.processors.page.PageEvent.Severity;
import java.util.Map;
import java.util.TreeMap;

/** Words pages about files. Pure. What is said here is seen outside: ids, codes and counts only. */
public final class Pages {
    /** The number of a page that ends a hold is so much above that of the state that ended it, which can have its own. */
    public static final int DECIDED = 1_000;

    /** The number of a page that ends what a job's bad end began. */
    static final int OVER = 900_000;
    /** The number of the page about a file whose records an engine does not take that takes others'; its end's follows it. */
    public static final int STUCK = 2_000;

    private static final String HELD = "intake/held/";

    static final String HELD_FILES = "held/";

    /** How causes begin: of jobs that ended badly, and of those that are stuck. */
    static final String JOB = "job/";

    static final String STUCK_FILES = "stuck/";

    private Pages() {}

    /** A file was refused or could not be processed. */
    public static PageEvent ended(Job job, Failure failure) {
        PageKind kind = kind(job.state());
        String summary = "Intake: file of %s/%s %s: %s"
                .formatted(job.partner(), job.feedId(), word(job.state()), failure.code());
        Map<String, String> details = about(job);
        details.put("code", failure.code());
        details.put("record", BucketLayout.jobRecord(job.id()));
        return PageEvent.oneOf(kind, cause(job, failure), job.id(), summary, "job", details);
    }

    /** A file that was refused, or could not be processed, is through after all, or another came for it. */
    public static PageEvent endedWell(Job job, Failure failure) {
        String summary = "Intake: file of %s/%s is through or was replaced".formatted(job.partner(), job.feedId());
        return PageEvent.oneOf(kind(failure.state()), cause(job, failure), job.id(), summary, "job", about(job))
                .end();
    }

    /** One incident for all files of a feed that ended for the same reason. */
    static String cause(Job job, Failure failure) {
        return JOB + job.partner() + "/" + job.feedId() + "/" + failure.code();
    }

    private static PageKind kind(JobState state) {
        return switch (state) {
            case FAILED -> PageKind.FAILED;
            case UNMATCHED -> PageKind.UNMATCHED;
            case QUARANTINED,
                    RECEIVED,
                    COLLECTING,
                    UNZIPPING,
                    STITCHING,
                    HELD,
                    FORWARDING,
                    WAITING,
                    DELIVERED,
                    SKIPPED -> PageKind.QUARANTINED;
        };
    }

    /** A file waits for an operator's decision. */
    public static PageEvent held(Job job, Failure reason) {
        String summary = "Intake: file of %s/%s is held: %s; release or reject job %s"
                .formatted(job.partner(), job.feedId(), reason.code(), job.id());
        Map<String, String> details = about(job);
        details.put("code", reason.code());
        details.put("reason", reason.sentence());
        details.put("record", BucketLayout.jobRecord(job.id()));
        return PageEvent.oneOf(PageKind.HELD, heldCause(job), job.id(), summary, "job", details);
    }

    /** There is something about a file that somebody should know; it goes on. */
    public static PageEvent warned(Job job, Failure what) {
        String summary = "Intake: file of %s/%s: %s".formatted(job.partner(), job.feedId(), what.code());
        Map<String, String> details = about(job);
        details.put("code", what.code());
        details.put("reason", what.sentence());
        details.put("record", BucketLayout.jobRecord(job.id()));
        return single(PageKind.NOTICED, Action.TRIGGER, "intake/warned/" + job.id(), summary, "job", details);
    }

    /** Whether a page is about a file that is held, or was. */
    static boolean isAboutHold(PageEvent event) {
        return event.dedupKey().startsWith(HELD);
    }

    /** An operator has decided about a file that was held. */
    public static PageEvent decided(Job job) {
        String summary = "Intake: file of %s/%s is held no longer".formatted(job.partner(), job.feedId());
        return PageEvent.oneOf(PageKind.HELD, heldCause(job), job.id(), summary, "job", about(job))
                .end();
    }

    private static String heldCause(Job job) {
        return HELD_FILES + job.partner() + "/" + job.feedId();
    }

    /** The engine takes records, but not this file's. */
    public static PageEvent stuck(Job job, String engine, String code) {
        Map<String, String> details = about(job);
        details.put("engine", engine);
        details.put("code", code);
        details.put("record", BucketLayout.jobRecord(job.id()));
        String summary = "Intake: engine %s takes records, but not those of a file of %s/%s (%s)"
                .formatted(engine, job.partner(), job.feedId(), code);
        return single(PageKind.NOT_TAKEN, Action.TRIGGER, "intake/job/" + job.id(), summary, "forward", details);
    }

    /** The engine has taken the file's records after all. */
    public static PageEvent stuckNoMore(Job job) {
        String summary = "Intake: file of %s/%s is delivered".formatted(job.partner(), job.feedId());
        return single(PageKind.NOT_TAKEN, Action.RESOLVE, "intake/job/" + job.id(), summary, "forward", about(job));
    }

    /** A page about one file, in an incident of its own. */
    private static PageEvent single(
            PageKind kind,
            Action action,
            String dedupKey,
            String summary,
            String component,
            Map<String, String> details) {
        Severity severity = action == Action.TRIGGER ? PagePolicy.usual(kind) : Severity.INFO;
        return new PageEvent(action, dedupKey, severity, summary, component, details, kind, null);
    }

    /** The time of a set of files is up, and it is not complete. */
    public static PageEvent setOverdue(Job any, String set, int files, int missing) {
        Map<String, String> details = about(any);
        details.put("set", set);
        details.put("files", Integer.toString(files));
        details.put("missing", Integer.toString(missing));
        String summary =
                "Intake: a set of %s/%s is overdue; %d files wait".formatted(any.partner(), any.feedId(), files);
        details.put("code", "SET_OVERDUE");
        return new PageEvent(
                Action.TRIGGER,
                "intake/set/" + set,
                Severity.ERROR,
                summary,
                "collect",
                details,
                PageKind.SET_OVERDUE,
                null);
    }

    /** A set that was overdue is complete, or was ended. */
    public static PageEvent setClosed(Job any, String set) {
        String summary = "Intake: a set of %s/%s is overdue no longer".formatted(any.partner(), any.feedId());
        return new PageEvent(
                Action.RESOLVE,
                "intake/set/" + set,
                Severity.INFO,
                summary,
                "collect",
                about(any),
                PageKind.SET_OVERDUE,
                null);
    }

    /** A file is worked on and gets nowhere. */
    public static PageEvent stuck(Job job, long hours) {
        String summary = "Intake: file of %s/%s makes no progress for %d hours; it is %s"
                .formatted(job.partner(), job.feedId(), hours, job.state());
        Map<String, String> details = about(job);
        details.put("code", "STUCK_JOB");
        details.put("record", BucketLayout.jobRecord(job.id()));
        return PageEvent.oneOf(PageKind.STUCK, stuckCause(job), job.id(), summary, "job", details);
    }

    /** A file that was stuck goes on, or has ended. */
    public static PageEvent stuckNoMore(String partner, String feed, String job) {
        return PageEvent.oneOf(
                        PageKind.STUCK,
                        STUCK_FILES + partner + "/" + feed,
                        job,
                        "Intake: file of %s/%s goes on".formatted(partner, feed),
                        "job",
                        Map.of("job", job))
                .end();
    }

    private static String stuckCause(Job job) {
        return STUCK_FILES + job.partner() + "/" + job.feedId();
    }

    /** The same causes again, of which nothing is left. */
    static PageEvent over(Incident incident, String member) {
        PageEvent first = incident.event();
        return new PageEvent(
                Action.RESOLVE,
                first.dedupKey(),
                Severity.INFO,
                first.summary(),
                first.component(),
                first.details(),
                first.kind(),
                new Group(Incident.group(first).cause(), member));
    }

    private static String word(JobState state) {
        return switch (state) {
            case QUARANTINED -> "was refused";
            case UNMATCHED -> "matches no feed";
            case FAILED -> "could not be processed";
            case RECEIVED, COLLECTING, UNZIPPING, STITCHING, HELD, FORWARDING, WAITING, DELIVERED, SKIPPED ->
                throw new IllegalArgumentException("no page for a job that is " + state);
        };
    }

    private static Map<String, String> about(Job job) {
        TreeMap<String, String> details = new TreeMap<>();
        if (job.feed() != null && job.feed().mode() == FeedMode.TEST) {
            details.put(PagePolicy.MODE, "test");
        }
        details.put("job", job.id());
        details.put("partner", job.partner());
        details.put("feed", job.feedId());
        details.put("state", job.state().name());
        details.put("bytes", Long.toString(job.input().size()));
        details.put("uploaded_at", job.input().uploadedAt().toString());
        job.counts().forEach((name, count) -> details.put("count_" + name, Long.toString(count)));
        return details;
    }
}
