package io.intake.config;

/** What becomes of files in an archive that belong to no table of the feed. */
public enum UnknownMember {
    /** The whole archive is refused. */
    QUARANTINE,
    /** The archive is held until an operator decides; released, it goes on without them. */
    HOLD,
    /** They are left out, and the partner is told how many. */
    REJECT,
    /** They are left out and counted. */
    IGNORE
}
