package io.intake.processors.expect;

import java.time.Instant;

/**
 * One time at which files are expected. A file counts for the slot in whose window it was uploaded: from {@code opens} until
 * the next slot opens.
 *
 * @param opens from when on a file counts for it
 * @param due when they should be there
 * @param deadline when somebody is paged
 */
public record Slot(Instant opens, Instant due, Instant deadline) {}
