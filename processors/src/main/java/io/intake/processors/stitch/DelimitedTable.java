package io.intake.processors.stitch;

import io.intake.config.ColumnRules;
import io.intake.config.Format;
import io.intake.config.Layout;
import io.intake.processors.stitch.StitchCursor.Opened;
import io.intake.store.ObjectStore;
import java.util.List;

/**
 * A stitched table whose object holds its files' rows as they stood in them, behind the first one's header; kept as JSON
 * beside it.
 *
 * @param format as the files are written
 * @param rules how columns were brought together
 * @param columns of the records, in order
 * @param opened how the object is read, from its first row on
 */
public record DelimitedTable(Format format, ColumnRules rules, List<String> columns, Opened opened) {
    /** The media type of such an object, by which it is told from one of JSON lines. */
    public static final String TYPE = "text/csv";

    public DelimitedTable {
        columns = List.copyOf(columns);
    }

    /**
     * Some of the table's rows.
     *
     * @param lines as JSON, one per line
     * @param count how many
     * @param end where the next one begins in the object, in bytes
     */
    public record Rows(byte[] lines, int count, long end) {}

    /** What a table's files say, in the object that is made of them. */
    static DelimitedTable of(
            Format format, ColumnRules rules, List<String> columns, Opened head, String charset, long size) {
        Layout own = format.layout();
        // First and last lines that are no rows have been seen to, and the last ones are not in the object
        Layout layout = new Layout(false, own.escape(), own.comment(), false, null, null, own.fixed());
        Opened opened = new Opened(
                size,
                head.offset(),
                head.delimiter(),
                head.quote(),
                charset,
                head.names(),
                head.emptyLast(),
                head.leftOut(),
                null);
        return new DelimitedTable(format.with(layout), rules, columns, opened);
    }

    /**
     * Reads rows from a place on.
     *
     * @param key of the object
     * @param etag what it must be
     * @param offset where a row begins, or 0
     */
    public Reading from(ObjectStore store, String key, String etag, long offset) {
        return new Reading(store, key, etag, offset > opened.offset() ? opened.at(offset) : opened);
    }

    /** Rows of a table, one piece after another by one connection, which may rest in between. Not thread-safe. */
    public final class Reading implements AutoCloseable {
        private final EntryStream stream;
        private final EntryReader reader;
        private final long size;
        private long at;

        private Reading(ObjectStore store, String key, String etag, Opened begin) {
            ExpectedFile expected = new ExpectedFile(
                    0, format, new HeaderMatcher(List.of(), rules), columns, List.of(), StitchWork.MAX_RECORD);
            at = begin.offset();
            size = begin.size();
            stream = EntryStream.from(store, key, etag, at, size);
            reader = new EntryReader(stream, expected, begin, 0);
        }

        /** Where the next row begins in the object, in bytes. */
        public long at() {
            return at;
        }

        /**
         * The next rows. Where they end depends on the rows and the limits alone.
         *
         * @param maxRows most rows
         * @param maxBytes the row that reaches so many bytes of JSON is the last
         */
        public Rows next(int maxRows, int maxBytes) {
            NdjsonBuffer buffer = new NdjsonBuffer();
            int count = 0;
            while (count < maxRows && buffer.size() < maxBytes && reader.next()) {
                reader.write(buffer);
                count++;
            }
            Opened left = reader.opened(size);
            if (left == null) {
                throw new IllegalStateException("a table was joined whose places cannot be told");
            }
            at = count == 0 ? at : left.offset();
            return new Rows(buffer.toByteArray(), count, at);
        }

        @Override
        public void close() {
            reader.close();
            stream.close();
        }
    }
}
