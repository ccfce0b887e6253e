package io.intake.processors.page;

import java.util.Map;

/**
 * One page, or the end of one. Holds no PHI: ids, codes, counts and times only (DESIGN section 8).
 *
 * @param action trigger or resolve
 * @param dedupKey what makes two pages one incident: the cause
 * @param severity as PagerDuty names them
 * @param summary one line, for a phone's screen
 * @param component the stage or part at fault
 * @param details by name
 */
public record PageEvent(
        Action action,
        String dedupKey,
        Severity severity,
        String summary,
        String component,
        Map<String, String> details) {
    public PageEvent {
        details = Map.copyOf(details);
    }

    public enum Action {
        TRIGGER,
        RESOLVE
    }

    /** PagerDuty's severities (Events API v2). */
    public enum Severity {
        CRITICAL,
        ERROR,
        WARNING,
        INFO
    }
}
