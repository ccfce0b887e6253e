package io.intake.config;

/** What on-call is told of; each kind has its severity. */
public enum PageKind {
    /** A file's content was refused. */
    QUARANTINED(PageSeverity.WARNING),
    /** A file could not be processed. */
    FAILED(PageSeverity.CRITICAL),
    /** A file that no feed takes. */
    UNMATCHED(PageSeverity.WARNING),
    /** A file waits for an operator's decision. */
    HELD(PageSeverity.WARNING),
    /** An engine does not take records. */
    ENGINE_DOWN(PageSeverity.CRITICAL),
    /** An expected file is not there at its time; there is still its grace. */
    DUE(PageSeverity.WARNING),
    /** An expected file is not there after its grace, or did not come at all. */
    LATE(PageSeverity.ERROR),
    /** An expected file came and holds nothing. */
    EMPTY(PageSeverity.WARNING),
    /** A set of files is not complete in time. */
    SET_OVERDUE(PageSeverity.ERROR),
    /** A function's invocation died. */
    INVOCATION_DIED(PageSeverity.ERROR),
    /** A file is worked on and gets nowhere. */
    STUCK(PageSeverity.ERROR),
    /** An engine takes others' records, and not those of a file. */
    NOT_TAKEN(PageSeverity.ERROR),
    /** There is something about a file that somebody should know; it goes on. */
    NOTICED(PageSeverity.WARNING),
    /** Uploads that were broken off and are not gone on with. */
    PARKED(PageSeverity.WARNING),
    /** Anything about a feed whose mode is test: the most that it is worth. */
    TEST(PageSeverity.INFO);

    private final PageSeverity usual;

    PageKind(PageSeverity usual) {
        this.usual = usual;
    }

    /** What it is worth where the configuration does not say. */
    public PageSeverity usual() {
        return usual;
    }
}
