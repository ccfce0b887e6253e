package io.intake.processors.stitch;

import io.intake.processors.job.Reading;
import io.intake.store.Crc32;
import io.intake.store.Part;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a group of tables is. A table that fits into one part is written whole or not at all, so only longer ones have a
 * place in between.
 *
 * @param done the group's tables that are written, in order
 * @param open the table being written in parts; null where the next one has not begun
 * @param splice how far the next table's files have been looked at, to join their bytes; null where that has not begun
 */
public record StitchCursor(
        List<Written> done, @Nullable Open open, @Nullable Splice splice) {
    /** Nothing done yet. */
    static final StitchCursor START = new StitchCursor(List.of(), null, null);

    public StitchCursor {
        done = List.copyOf(done);
    }

    /**
     * A table that is written.
     *
     * @param number in the plan
     * @param rows without headers
     * @param bytes of its object
     * @param readings what was found in its files
     * @param read rows in its files; null where an earlier version wrote it, which did not say
     * @param rejected rows that are in no object, but with the rejected ones
     */
    public record Written(
            int number,
            long rows,
            long bytes,
            List<Reading> readings,
            @Nullable Long read,
            long rejected) {
        public Written {
            readings = readings == null ? List.of() : List.copyOf(readings);
        }
    }

    /** What is being done to an open table. */
    public enum Phase {
        /** Parts are added. */
        WRITING,
        /** All parts are there; whoever finds this publishes them. */
        COMMITTING
    }

    /**
     * A table of which parts are written.
     *
     * @param phase see there
     * @param uploadId of the multipart upload; saved before the first part
     * @param parts in order; what they hold together are the rows before {@code position}
     */
    public record Open(Phase phase, String uploadId, List<Part> parts, Position position) {
        public Open {
            parts = List.copyOf(parts);
        }

        Open add(Part part, Position next) {
            List<Part> more = new ArrayList<>(parts);
            more.add(part);
            return new Open(phase, uploadId, more, next);
        }

        /** With the end of the table found behind its last row. */
        Open at(Position end) {
            return new Open(phase, uploadId, parts, end);
        }

        Open committing() {
            return new Open(Phase.COMMITTING, uploadId, parts, position);
        }

        long bytes() {
            return parts.stream().mapToLong(Part::size).sum();
        }

        /** Of all parts together; null where the CRC of one is not known. */
        @Nullable
        Long crc32() {
            long whole = Crc32.EMPTY;
            for (Part part : parts) {
                Long crc = part.crc32();
                if (crc == null) {
                    return null;
                }
                whole = Crc32.combine(whole, crc, part.size());
            }
            return whole;
        }

        int lastPartNumber() {
            return parts.isEmpty() ? 0 : parts.getLast().number();
        }
    }

    /**
     * A place between two rows of a table.
     *
     * @param entry how many of the table's files are behind it
     * @param etag the file being read; null where it has not been opened
     * @param entryRows how many of that file's rows are behind it
     * @param rows how many of the table's rows are behind it
     * @param columns the names known, in order
     * @param first the names of the first file's columns, in its order
     * @param opened how that file was opened and where in it to go on; null where it has not been opened or its charset
     *     does not let us tell places: then {@code entryRows} of its rows are read over
     * @param readings what has been found in the files that are behind it
     * @param read how many rows the files behind it hold
     * @param rejected how many of the table's rows were rejected
     * @param rejects how many objects hold those
     */
    public record Position(
            int entry,
            @Nullable String etag,
            long entryRows,
            long rows,
            List<String> columns,
            List<String> first,
            @Nullable Opened opened,
            List<Reading> readings,
            long read,
            long rejected,
            int rejects) {
        /** Before the first row. */
        static final Position START = new Position(0, null, 0, 0, List.of(), List.of(), null, List.of(), 0, 0, 0);

        /** With the rows that were rejected up to it. */
        Position withRejects(long rows, int objects) {
            return new Position(
                    entry, etag, entryRows, this.rows, columns, first, opened, readings, read, rows, objects);
        }

        public Position {
            columns = List.copyOf(columns);
            // Cursors from before these were kept
            first = first == null ? List.of() : List.copyOf(first);
            readings = readings == null ? List.of() : List.copyOf(readings);
        }
    }

    /**
     * What was decided when a file was opened, so that whoever goes on decides the same.
     *
     * @param size of the file, in bytes
     * @param offset where the next row begins, in bytes
     * @param delimiter as declared or found
     * @param quote as declared or found; null where quotes are data
     * @param charset as declared or found; null where the file has shown nothing but ASCII up to the offset
     * @param names of its columns, in its order; empty for those that are left out
     * @param emptyLast whether all its lines end with a delimiter
     * @param leftOut the column that is left out of rows in which it is empty; -1 for none
     * @param announced how many rows its header record counts; null where it does not
     */
    public record Opened(
            long size,
            long offset,
            String delimiter,
            @Nullable Character quote,
            @Nullable String charset,
            List<String> names,
            boolean emptyLast,
            int leftOut,
            @Nullable Long announced) {
        public Opened {
            names = List.copyOf(names);
        }

        Opened at(long place) {
            return new Opened(size, place, delimiter, quote, charset, names, emptyLast, leftOut, announced);
        }
    }

    StitchCursor splice(Splice next) {
        return new StitchCursor(done, open, next);
    }

    /** Where the next part begins. */
    Position position() {
        return open == null ? Position.START : open.position();
    }

    StitchCursor open(@Nullable Open table) {
        return new StitchCursor(done, table, splice);
    }

    /** With the next table written. */
    StitchCursor written(Written table) {
        List<Written> more = new ArrayList<>(done);
        more.add(table);
        return new StitchCursor(more, null, null);
    }
}
