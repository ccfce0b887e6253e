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
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** Words pages. Pure. What is said here is seen outside: ids, codes and counts only. */
public final class Pages {
    private static final String ENGINE = "intake/engine/";

    /** The number of a page that ends a hold is so much above that of the state that ended it, which can have its own. */
    public static final int DECIDED = 1_000;

    /** The number of a page that ends what a job's bad end began. */
    static final int OVER = 900_000;
    /** The number of the page about a file whose records an engine does not take that takes others'; its end's follows it. */
    public static final int STUCK = 2_000;

    private static final String HELD = "intake/held/";

    static final String HELD_FILES = "held/";

    /** How causes begin: of jobs that ended badly, of functions that died, of jobs that are stuck, of uploads. */
    static final String JOB = "job/";

    static final String FUNCTION = "function/";
    static final String STUCK_FILES = "stuck/";
    static final String PARKED = "parked/";

    private Pages() {}

    /** A file was refused or could not be processed. */
    public static PageEvent ended(Job job, Failure failure) {
        PageKind kind = kind(job.state());
        String summary = "Intake: file of %s/%s %s: %s"
                .formatted(job.partner(), job.feedId(), word(job.state()), failure.code());
        Map<String, String> details = about(job);
        details.put("code", failure.code());
        details.put("record", BucketLayout.jobRecord(job.id()));
        return grouped(kind, cause(job, failure), job.id(), summary, "job", details);
    }

    /** A file that was refused, or could not be processed, is through after all, or another came for it. */
    public static PageEvent endedWell(Job job, Failure failure) {
        String summary = "Intake: file of %s/%s is through or was replaced".formatted(job.partner(), job.feedId());
        return grouped(kind(failure.state()), cause(job, failure), job.id(), summary, "job", about(job))
                .end();
    }

    /** One incident for all files of a feed that ended for the same reason. */
    static String cause(Job job, Failure failure) {
        return JOB + job.partner() + "/" + job.feedId() + "/" + failure.code();
    }

    private static PageEvent grouped(
            PageKind kind, String cause, String member, String summary, String component, Map<String, String> details) {
        return new PageEvent(
                Action.TRIGGER,
                "intake/" + cause,
                PagePolicy.usual(kind),
                summary,
                component,
                details,
                kind,
                new Group(cause, member));
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
        return grouped(PageKind.HELD, heldCause(job), job.id(), summary, "job", details);
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
        return grouped(PageKind.HELD, heldCause(job), job.id(), summary, "job", about(job))
                .end();
    }

    private static String heldCause(Job job) {
        return HELD_FILES + job.partner() + "/" + job.feedId();
    }

    /**
     * The engine takes no records, and files wait for it: one incident for the engine, not one for each file.
     *
     * @param since when the first one waited
     * @param probes how often it was tried since
     * @param waiting how many files wait at least
     */
    public static PageEvent engineDown(String engine, String code, Instant since, int probes, int waiting) {
        Map<String, String> details = new TreeMap<>();
        details.put("engine", engine);
        details.put("code", code);
        details.put("since", since.toString());
        details.put("probes", Integer.toString(probes));
        details.put("files_waiting", Integer.toString(waiting));
        details.put("record", BucketLayout.engineState(engine));
        String summary = "Intake: engine %s does not take records (%s); files wait".formatted(engine, code);
        return new PageEvent(
                Action.TRIGGER,
                engineKey(engine),
                Severity.CRITICAL,
                summary,
                "forward",
                details,
                PageKind.ENGINE_DOWN,
                null);
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

    /** The engine is back. */
    public static PageEvent engineUp(String engine) {
        return engineEnd(engine, "Intake: engine %s takes records again".formatted(engine));
    }

    /** Nobody waits for the engine any more, and it is not known whether it is back. */
    public static PageEvent engineForsaken(String engine) {
        return engineEnd(engine, "Intake: no file waits for engine %s; the next will show its state".formatted(engine));
    }

    private static PageEvent engineEnd(String engine, String summary) {
        return new PageEvent(
                Action.RESOLVE, engineKey(engine), Severity.INFO, summary, "forward", Map.of("engine", engine));
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

    /**
     * A function's invocation died: timed out, out of memory, or failed with all its retries.
     *
     * @param invocation its id
     */
    public static PageEvent invocationDied(
            String function, String condition, String invocation, Map<String, String> more) {
        TreeMap<String, String> details = new TreeMap<>(more);
        details.put("function", function);
        details.put("condition", condition);
        details.put("code", "INVOCATION_DIED");
        String summary = "Intake: function %s died (%s)".formatted(function, condition);
        return grouped(PageKind.INVOCATION_DIED, FUNCTION + function, invocation, summary, function, details);
    }

    /** A file is worked on and gets nowhere. */
    public static PageEvent stuck(Job job, long hours) {
        String summary = "Intake: file of %s/%s makes no progress for %d hours; it is %s"
                .formatted(job.partner(), job.feedId(), hours, job.state());
        Map<String, String> details = about(job);
        details.put("code", "STUCK_JOB");
        details.put("record", BucketLayout.jobRecord(job.id()));
        return grouped(PageKind.STUCK, stuckCause(job), job.id(), summary, "job", details);
    }

    /** A file that was stuck goes on, or has ended. */
    public static PageEvent stuckNoMore(String partner, String feed, String job) {
        return grouped(
                        PageKind.STUCK,
                        STUCK_FILES + partner + "/" + feed,
                        job,
                        "Intake: file of %s/%s goes on".formatted(partner, feed),
                        "job",
                        Map.of("job", job))
                .end();
    }

    /** There are no such uploads any more. */
    public static PageEvent parkedNoMore(String partner) {
        return parked(partner, 0, 0).end();
    }

    private static String stuckCause(Job job) {
        return STUCK_FILES + job.partner() + "/" + job.feedId();
    }

    /** Uploads were broken off and are not gone on with. */
    public static PageEvent parked(String partner, int uploads, long hours) {
        String summary = "Intake: %d unfinished uploads of %s are not gone on with; the oldest for %d hours"
                .formatted(uploads, partner, hours);
        Map<String, String> details = new TreeMap<>();
        details.put("partner", partner);
        details.put("code", "PARKED_UPLOADS");
        details.put("uploads", Integer.toString(uploads));
        details.put("oldest_hours", Long.toString(hours));
        return grouped(PageKind.PARKED, PARKED + partner, "uploads", summary, "sftp-gateway", details);
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

    /** Whether a page is one of the two above. */
    static boolean isAboutEngine(PageEvent event) {
        return event.dedupKey().startsWith(ENGINE);
    }

    private static String engineKey(String engine) {
        return ENGINE + engine;
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
