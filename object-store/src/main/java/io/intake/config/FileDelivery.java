package io.intake.config;

/**
 * How files are delivered as they are, one request each.
 *
 * @param members whether an archive's files are delivered instead of itself
 * @param contentType of the requests
 * @param maxBytes the longest file that the engine takes
 */
public record FileDelivery(boolean members, String contentType, long maxBytes) {
    /** What we hold in memory at most: a file is sent in one piece. */
    public static final long MOST = 64L << 20;
}
