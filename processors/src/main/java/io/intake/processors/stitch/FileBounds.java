package io.intake.processors.stitch;

import io.intake.config.Layout;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the first and the last line of a file say of it, where it is agreed that they do. Not thread-safe. */
final class FileBounds {
    /** Such lines are short; a pattern is not tried on a document. */
    private static final int LONGEST = 4_096;

    private static final Pattern NUMBER = Pattern.compile("0*([0-9]{1,18})");

    private final int file;
    private final @Nullable Pattern leader;
    private final @Nullable Pattern trailer;
    private @Nullable Long announced;

    /** @param announced how many rows the header record counted, where it has been read */
    FileBounds(int file, Layout layout, @Nullable Long announced) {
        this.file = file;
        this.leader = layout.leader() == null ? null : Pattern.compile(layout.leader());
        this.trailer = layout.trailer() == null ? null : Pattern.compile(layout.trailer());
        this.announced = announced;
    }

    boolean hasLeader() {
        return leader != null;
    }

    boolean hasTrailer() {
        return trailer != null;
    }

    /** How many rows the header record counts; null where it does not. */
    @Nullable
    Long announced() {
        return announced;
    }

    /** Takes the first line; null if there is none. */
    void first(@Nullable String line) {
        Matcher matcher = found(leader, line);
        if (matcher == null) {
            throw StitchFailures.leaderMissing(file);
        }
        announced = count(matcher);
    }

    /** Takes the last line; null if there is none. Compares what it and the first one count with what there is. */
    void last(@Nullable String line, long rows) {
        if (trailer != null) {
            Matcher matcher = found(trailer, line);
            if (matcher == null) {
                throw StitchFailures.trailerMissing(file);
            }
            compare(count(matcher), rows, "trailer");
        }
        compare(announced, rows, "header record");
    }

    private void compare(@Nullable Long count, long rows, String where) {
        if (count != null && count != rows) {
            throw StitchFailures.countMismatch(file, rows, count, where);
        }
    }

    private static @Nullable Matcher found(@Nullable Pattern pattern, @Nullable String line) {
        if (pattern == null || line == null || line.length() > LONGEST) {
            return null;
        }
        Matcher matcher = pattern.matcher(line);
        return matcher.find() ? matcher : null;
    }

    private @Nullable Long count(Matcher matcher) {
        if (!matcher.namedGroups().containsKey(Layout.ROWS)) {
            return null;
        }
        String text = matcher.group(Layout.ROWS);
        Matcher number = NUMBER.matcher(text == null ? "" : text.strip());
        if (!number.matches()) {
            throw StitchFailures.noCount(file);
        }
        return Long.valueOf(number.group(1));
    }
}
