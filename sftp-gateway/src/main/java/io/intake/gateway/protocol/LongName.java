package io.intake.gateway.protocol;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The line of {@code ls -l} that version 3 sends with each name. Some clients show it, a few read sizes and times from it,
 * so it is formatted as OpenSSH's server does.
 */
public final class LongName {
    private static final Duration RECENT = Duration.ofDays(182);
    private static final DateTimeFormatter WITH_TIME = format("MMM ppd HH:mm");
    private static final DateTimeFormatter WITH_YEAR = format("MMM ppd  yyyy");

    private LongName() {}

    /**
     * The line of one entry.
     *
     * @param owner shown as owner and group
     * @param now decides whether the time of day or the year is shown
     */
    public static String of(String name, FileAttributes attributes, String owner, Instant now) {
        Instant modified = attributes.modified() == null ? Instant.EPOCH : attributes.modified();
        boolean recent = modified.isAfter(now.minus(RECENT)) && !modified.isAfter(now.plus(RECENT));
        String mode = attributes.isFolder() ? "drwxr-xr-x" : "-rw-r--r--";
        long size = attributes.size() == null ? 0 : attributes.size();
        return "%s %4d %-8s %-8s %8d %s %s"
                .formatted(mode, 1, owner, owner, size, (recent ? WITH_TIME : WITH_YEAR).format(modified), name);
    }

    private static DateTimeFormatter format(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).withZone(ZoneOffset.UTC);
    }
}
