package io.intake.processors.stitch;

import io.intake.processors.stitch.StitchCursor.Opened;
import io.intake.processors.stitch.StitchCursor.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What has been found on the way to joining a table's files as they stand. Immutable.
 *
 * @param declined whether they are no such files: the table is written row by row
 * @param head how the first file was opened, its offset being that of its first row; null before that
 * @param headerLine the first file's header line
 * @param from where the rows begin in the file that is being looked at
 * @param slices of the files that have been looked at whole
 * @param at how far the present file has been looked at
 */
public record Splice(
        boolean declined, @Nullable Opened head, String headerLine, long from, List<Slice> slices, Position at) {
    /** Nothing looked at yet. */
    static final Splice START = new Splice(false, null, "", 0, List.of(), Position.START);

    /** The table is to be written row by row. */
    static final Splice DECLINED = new Splice(true, null, "", 0, List.of(), Position.START);

    public Splice {
        slices = List.copyOf(slices);
    }

    /**
     * What of a file goes into the table's object.
     *
     * @param entry its number in the plan
     * @param etag what it was when it was looked at
     * @param size of the whole file, in bytes
     * @param from the first byte
     * @param to behind the last byte
     * @param endsLine whether a line ends there
     * @param charset null where all is ASCII
     */
    public record Slice(
            int entry,
            String etag,
            long size,
            long from,
            long to,
            boolean endsLine,
            @Nullable String charset) {
        long length() {
            return to - from;
        }
    }

    Splice opened(Opened first, String line, long begin) {
        return new Splice(declined, head == null ? first : head, head == null ? line : headerLine, begin, slices, at);
    }

    Splice with(Slice slice) {
        List<Slice> more = new ArrayList<>(slices);
        more.add(slice);
        return new Splice(declined, head, headerLine, 0, more, at);
    }

    Splice at(Position position) {
        return new Splice(declined, head, headerLine, from, slices, position);
    }

    /** The charset of all files together; empty if they have more than one. */
    Optional<String> charset() {
        List<String> all = slices.stream()
                .map(Slice::charset)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        return all.size() > 1 ? Optional.empty() : Optional.of(all.isEmpty() ? "UTF-8" : all.getFirst());
    }

    /** Whether a file that has just been opened is written as the first one is, to the byte. */
    boolean fits(Opened opened, String line) {
        Opened first = head;
        return first == null
                || (first.delimiter().equals(opened.delimiter())
                        && Objects.equals(first.quote(), opened.quote())
                        && first.names().equals(opened.names())
                        && first.emptyLast() == opened.emptyLast()
                        && first.leftOut() == opened.leftOut()
                        && (headerLine.equals(line) || line.isEmpty()));
    }
}
