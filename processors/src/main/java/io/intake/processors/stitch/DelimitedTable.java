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
     * Reads rows from a place on. Where they end depends on the rows and the limits alone.
     *
     * @param key of the object
     * @param etag what it must be
     * @param offset where a row begins, or 0
     * @param maxRows most rows
     * @param maxBytes the row that reaches so many bytes of JSON is the last
     */
    public Rows read(ObjectStore store, String key, String etag, long offset, int maxRows, int maxBytes) {
        Opened at = offset > opened.offset() ? opened.at(offset) : opened;
        NdjsonBuffer buffer = new NdjsonBuffer();
        ExpectedFile expected = new ExpectedFile(
                0, format, new HeaderMatcher(List.of(), rules), columns, List.of(), StitchWork.MAX_RECORD);
        try (EntryStream stream = EntryStream.from(store, key, etag, at.offset(), at.size());
                EntryReader reader = new EntryReader(stream, expected, at, 0)) {
            int count = 0;
            long end = at.offset();
            while (count < maxRows && buffer.size() < maxBytes && reader.next()) {
                reader.write(buffer);
                count++;
            }
            Opened left = reader.opened(at.size());
            if (left == null) {
                throw new IllegalStateException("a table was joined whose places cannot be told");
            }
            return new Rows(buffer.toByteArray(), count, count == 0 ? end : left.offset());
        }
    }
}
