package io.intake.processors.page;

import io.intake.bucket.BucketLayout;
import io.intake.config.PageKind;
import io.intake.processors.page.PageEvent.Action;
import io.intake.processors.page.PageEvent.Severity;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** Words pages about what is no file: engines, functions, uploads that have not ended. As pure and silent as {@link Pages}. */
public final class ServicePages {
    private static final String ENGINE = "intake/engine/";

    /** How causes begin: of functions that died, and of uploads. */
    static final String FUNCTION = "function/";

    static final String PARKED = "parked/";

    private ServicePages() {}

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

    /** Whether a page is about an engine. */
    static boolean isAboutEngine(PageEvent event) {
        return event.dedupKey().startsWith(ENGINE);
    }

    private static String engineKey(String engine) {
        return ENGINE + engine;
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
        return PageEvent.oneOf(PageKind.INVOCATION_DIED, FUNCTION + function, invocation, summary, function, details);
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
        return PageEvent.oneOf(PageKind.PARKED, PARKED + partner, "uploads", summary, "sftp-gateway", details);
    }

    /** There are no such uploads any more. */
    public static PageEvent parkedNoMore(String partner) {
        return parked(partner, 0, 0).end();
    }
}
