package io.intake.config;

/**
 * What an archive may hold before it is refused as hostile or broken.
 *
 * @param entries at most so many
 * @param bytes at most so many after inflating, in all
 * @param ratio at most so many bytes out of one, per entry (deflate itself cannot exceed about 1,032)
 */
public record ArchiveLimits(int entries, long bytes, int ratio) {
    public static final ArchiveLimits DEFAULT = new ArchiveLimits(10_000, 200L << 30, 1_100);
}
