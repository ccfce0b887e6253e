package io.intake.processors.page;

import io.intake.bucket.BucketLayout;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobState;
import io.intake.processors.page.PageEvent.Action;
import io.intake.processors.page.PageEvent.Severity;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** Words pages. Pure. What is said here is seen outside: ids, codes and counts only. */
public final class Pages {
    private static final String ENGINE = "intake/engine/";

    /** The number of a page that ends a hold is so much above that of the state that ended it, which can have its own. */
    public static final int DECIDED = 1_000;

    /** Likewise of a page that ends the incident of the job that was replayed. */
    public static final int REPLAYED = 3_000;

    /** The number of the page about a file whose records an engine does not take that takes others'; its end's follows it. */
    public static final int STUCK = 2_000;

    private static final String HELD = "intake/held/";

    private Pages() {}

    /** A file was refused or could not be processed. */
    public static PageEvent ended(Job job, Failure failure) {
        Severity severity = job.state() == JobState.FAILED ? Severity.CRITICAL : Severity.WARNING;
        String summary = "Intake: file of %s/%s %s: %s"
                .formatted(job.partner(), job.feedId(), word(job.state()), failure.code());
        Map<String, String> details = about(job);
        details.put("code", failure.code());
        details.put("record", BucketLayout.jobRecord(job.id()));
        return new PageEvent(Action.TRIGGER, "intake/job/" + job.id(), severity, summary, "job", details);
    }

    /** A file that was refused, or could not be processed, is through after all, or another came for it. */
    public static PageEvent endedWell(Job job, Failure failure) {
        String summary = "Intake: file of %s/%s is through or was replaced".formatted(job.partner(), job.feedId());
        Map<String, String> details = about(job);
        details.put("code", failure.code());
        return new PageEvent(Action.RESOLVE, "intake/job/" + job.id(), Severity.INFO, summary, "job", details);
    }

    /** A file waits for an operator's decision. */
    public static PageEvent held(Job job, Failure reason) {
        String summary = "Intake: file of %s/%s is held: %s; release or reject job %s"
                .formatted(job.partner(), job.feedId(), reason.code(), job.id());
        Map<String, String> details = about(job);
        details.put("code", reason.code());
        details.put("reason", reason.sentence());
        details.put("record", BucketLayout.jobRecord(job.id()));
        return new PageEvent(Action.TRIGGER, heldKey(job), Severity.WARNING, summary, "job", details);
    }

    /** There is something about a file that somebody should know; it goes on. */
    public static PageEvent warned(Job job, Failure what) {
        String summary = "Intake: file of %s/%s: %s".formatted(job.partner(), job.feedId(), what.code());
        Map<String, String> details = about(job);
        details.put("code", what.code());
        details.put("reason", what.sentence());
        details.put("record", BucketLayout.jobRecord(job.id()));
        return new PageEvent(Action.TRIGGER, "intake/warned/" + job.id(), Severity.WARNING, summary, "job", details);
    }

    /** Whether a page is about a file that is held, or was. */
    static boolean isAboutHold(PageEvent event) {
        return event.dedupKey().startsWith(HELD);
    }

    /** An operator has decided about a file that was held. */
    public static PageEvent decided(Job job) {
        String summary = "Intake: file of %s/%s is held no longer".formatted(job.partner(), job.feedId());
        return new PageEvent(Action.RESOLVE, heldKey(job), Severity.INFO, summary, "job", about(job));
    }

    private static String heldKey(Job job) {
        return HELD + job.id();
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
        return new PageEvent(Action.TRIGGER, engineKey(engine), Severity.CRITICAL, summary, "forward", details);
    }

    /** The engine takes records, but not this file's. */
    public static PageEvent stuck(Job job, String engine, String code) {
        Map<String, String> details = about(job);
        details.put("engine", engine);
        details.put("code", code);
        details.put("record", BucketLayout.jobRecord(job.id()));
        String summary = "Intake: engine %s takes records, but not those of a file of %s/%s (%s)"
                .formatted(engine, job.partner(), job.feedId(), code);
        return new PageEvent(Action.TRIGGER, "intake/job/" + job.id(), Severity.ERROR, summary, "forward", details);
    }

    /** The engine has taken the file's records after all. */
    public static PageEvent stuckNoMore(Job job) {
        String summary = "Intake: file of %s/%s is delivered".formatted(job.partner(), job.feedId());
        return new PageEvent(Action.RESOLVE, "intake/job/" + job.id(), Severity.INFO, summary, "forward", about(job));
    }

    /** The engine is back. */
    public static PageEvent engineUp(String engine) {
        String summary = "Intake: engine %s takes records again".formatted(engine);
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
        return new PageEvent(Action.TRIGGER, "intake/job/" + set, Severity.ERROR, summary, "collect", details);
    }

    /** A function's invocation died: timed out, out of memory, or failed with all its retries. */
    public static PageEvent invocationDied(String function, String condition, Map<String, String> more) {
        TreeMap<String, String> details = new TreeMap<>(more);
        details.put("function", function);
        details.put("condition", condition);
        String summary = "Intake: function %s died (%s)".formatted(function, condition);
        return new PageEvent(Action.TRIGGER, "intake/function/" + function, Severity.ERROR, summary, function, details);
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
