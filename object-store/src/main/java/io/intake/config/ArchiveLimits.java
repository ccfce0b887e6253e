package io.intake.config;

/**
 * What an archive may hold before it is refused as hostile or broken.
 *
 * @param entries at most so many
 * @param bytes at most so many after inflating, in all
 * @param ratio at most so many bytes out of one, per entry (deflate itself cannot exceed about 1,032)
 * @param nesting how deep archives within the archive are opened; 0 where they are files like any other
 */
public record ArchiveLimits(int entries, long bytes, int ratio, int nesting) {
    public static final ArchiveLimits DEFAULT = new ArchiveLimits(10_000, 200L << 30, 1_100, 0);

    /** Of an archive within which no archive is opened. */
    public ArchiveLimits(int entries, long bytes, int ratio) {
        this(entries, bytes, ratio, 0);
    }
}
