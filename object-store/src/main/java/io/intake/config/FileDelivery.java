package io.intake.config;

/**
 * How files are delivered as they are, one request each.
 *
 * @param members whether an archive's files are delivered instead of itself
 * @param contentType of the requests
 * @param maxBytes the longest file that the engine takes
 */
public record FileDelivery(boolean members, String contentType, long maxBytes) {
    /** What we hold in memory at most, for an engine that gets a file in one piece. */
    public static final long MOST = 64L << 20;

    /** For an engine that gets a file in pieces: what is looked through within one invocation of a function. */
    public static final long MOST_IN_PIECES = 5L << 30;
}
