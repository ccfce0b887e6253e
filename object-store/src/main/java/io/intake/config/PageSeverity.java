package io.intake.config;

/** What a page is worth, from the most urgent on: PagerDuty's severities, and not to be sent at all. */
public enum PageSeverity {
    CRITICAL,
    ERROR,
    WARNING,
    INFO,
    NONE
}
