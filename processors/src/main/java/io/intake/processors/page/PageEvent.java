package io.intake.processors.page;

import io.intake.config.PageKind;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One page, or the end of one. Holds no PHI: ids, codes, counts and times only (DESIGN section 8).
 *
 * @param action what it does to its incident
 * @param dedupKey what makes two pages one incident: the cause
 * @param severity as PagerDuty names them
 * @param summary one line, for a phone's screen
 * @param component the stage or part at fault
 * @param details by name
 * @param kind what the severity policy goes by; null for what no policy changes
 * @param group what it is one of many of; null for an incident of its own
 */
public record PageEvent(
        Action action,
        String dedupKey,
        Severity severity,
        String summary,
        String component,
        Map<String, String> details,
        @Nullable PageKind kind,
        @Nullable Group group) {
    /** The detail that leads to the runbook. */
    public static final String CODE = "code";

    /** The detail that names a job. */
    public static final String JOB = "job";

    public PageEvent {
        details = Map.copyOf(details);
    }

    /** An incident of its own, worth what it says. */
    public PageEvent(
            Action action,
            String dedupKey,
            Severity severity,
            String summary,
            String component,
            Map<String, String> details) {
        this(action, dedupKey, severity, summary, component, details, null, null);
    }

    public enum Action {
        TRIGGER,
        ACKNOWLEDGE,
        RESOLVE
    }

    /** PagerDuty's severities (Events API v2). */
    public enum Severity {
        CRITICAL,
        ERROR,
        WARNING,
        INFO
    }

    /**
     * What many pages are about.
     *
     * @param cause the same for all of them; lower-case ids and codes with slashes between
     * @param member what this one is about: a job, or an invocation; null for all of them
     */
    public record Group(String cause, @Nullable String member) {}

    /**
     * One of many pages that are one incident, as severe as its kind usually is.
     *
     * @param cause the same for all of them, as in {@link Group}
     * @param member what this one is about
     */
    static PageEvent oneOf(
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

    /** The same with another severity. */
    public PageEvent with(Severity other) {
        return new PageEvent(action, dedupKey, other, summary, component, details, kind, group);
    }

    /** The same with one more detail. */
    public PageEvent with(String name, String value) {
        TreeMap<String, String> more = new TreeMap<>(details);
        more.put(name, value);
        return new PageEvent(action, dedupKey, severity, summary, component, more, kind, group);
    }

    /** The end of its incident. */
    public PageEvent end() {
        return new PageEvent(Action.RESOLVE, dedupKey, Severity.INFO, summary, component, details, kind, group);
    }
}
