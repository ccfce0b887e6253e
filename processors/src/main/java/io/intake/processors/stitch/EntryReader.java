package io.intake.processors.stitch;

import io.intake.config.Format;
import io.intake.config.Layout;
import io.intake.config.Layout.FixedColumn;
import io.intake.processors.job.Reading;
import io.intake.processors.job.RefusedException;
import io.intake.processors.stitch.StitchCursor.Opened;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads one delimited file row by row, strictly: each row comes as it is, or the file is refused. Holds one record and some
 * fixed buffers, whatever the file's size. A function of the file's bytes alone. Not thread-safe.
 *
 * <p>CR, LF and CRLF end a row outside quotes and are kept inside them. A line that holds nothing at all is no row. A
 * delimiter at the end of every line, the header's included, makes no column.
 */
final class EntryReader implements RowSource {
    private final int file;
    private final Format format;
    private final long maxRecord;
    private final RecordWindow window;
    private final Dialect dialect;
    private final Records records;
    private final FileBounds bounds;
    private final List<String> names;
    private final List<String> columns;
    private final int fields;
    private final boolean emptyLast;
    private final int leftOut;
    private final NdjsonRow writer;

    /** Whether the next row has been read to learn whether lines end with a delimiter. */
    private boolean pending;

    private long rows;
    private boolean inHeader;
    private String headerLine = "";
    private @Nullable Long bodyEnd;
    private boolean bodyEndsLine;
    private boolean tolerant;
    private boolean ragged;

    /**
     * Reads the header.
     *
     * @param in the file's bytes, closed with this reader
     * @throws io.intake.processors.job.RefusedException if the file's head is not fit
     */
    EntryReader(InputStream in, int file, Format format, HeaderMatcher matcher, List<String> known, long maxRecord) {
        this(in, new ExpectedFile(file, format, matcher, known, List.of(), maxRecord), null, 0);
    }

    /**
     * Reads the header, or goes on between two rows.
     *
     * @param in the file's bytes from its start or from where it was left; closed with this reader
     * @param opened what was found when the file was opened; null if it has not been
     * @param rows how many rows are behind that place
     */
    EntryReader(InputStream in, ExpectedFile expected, @Nullable Opened opened, long rows) {
        this.file = expected.file();
        this.format = expected.format();
        this.maxRecord = expected.maxRecord();
        this.rows = rows;
        Layout layout = format.layout();
        try {
            this.window = RecordWindow.of(in, format.charset(), opened, maxRecord);
            this.dialect = opened == null
                    ? Dialect.of(format, Dialect.isDeclared(format) ? "" : window.head())
                    : new Dialect(opened.delimiter(), opened.quote(), layout.escape());
            this.records = dialect.records(window, layout);
        } catch (IllegalArgumentException e) {
            // Without its message, which quotes the delimiter
            throw StitchFailures.badFormat(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.bounds = new FileBounds(file, layout, opened == null ? null : opened.announced());
        if (opened == null) {
            List<String> header = header(expected);
            this.names = List.copyOf(expected.matcher().match(file, header, expected.known()));
            this.pending = !expected.hasHeaderLine() && read();
            this.emptyLast = pending && records.size() == names.size() + 1 && records.isEmpty(names.size());
            int last = header.size() - 1;
            this.leftOut = last > 0 && header.get(last).isEmpty() ? last : -1;
        } else {
            this.names = opened.names();
            this.emptyLast = opened.emptyLast();
            this.leftOut = opened.leftOut();
        }
        this.fields = names.size() + (emptyLast ? 1 : 0);
        this.columns = expected.matcher().columns(expected.known(), names);
        this.writer = new NdjsonRow(names, columns, expected.matcher().fillsIn(), leftOut);
    }

    /** The columns' names as they are given: by the file, the feed or the table's first file. */
    private List<String> header(ExpectedFile expected) {
        inHeader = true;
        if (bounds.hasLeader()) {
            bounds.first(leader());
        }
        List<String> header = expected.first();
        if (expected.hasHeaderLine()) {
            if (!read()) {
                throw StitchFailures.emptyFile(file);
            }
            headerLine = records.line();
            header = dialect.fields(headerLine);
        } else if (!format.layout().fixed().isEmpty()) {
            header = format.layout().fixed().stream().map(FixedColumn::name).toList();
        } else if (!format.header().isEmpty()) {
            header = format.header();
        }
        inHeader = false;
        return header;
    }

    private @Nullable String leader() {
        // A line and no record: it need not be written as rows are
        Records lines = new ByteRecords(window, null, null, format.layout().comment());
        try {
            return lines.next() ? lines.line() : null;
        } catch (IOException e) {
            throw refusal(e);
        }
    }

    /** The file's header as a file without one of its own takes it over. */
    List<String> header() {
        List<String> header = new ArrayList<>(names);
        if (leftOut >= 0) {
            header.set(leftOut, "");
        }
        return header;
    }

    /**
     * How the file was read, as far as it has been.
     *
     * @param known the names that the table's earlier files gave
     * @param first the names of the first file's columns; empty for that file itself
     */
    Reading reading(HeaderMatcher matcher, List<String> known, List<String> first) {
        boolean fixed = !format.layout().fixed().isEmpty();
        return new Reading(
                1,
                fixed ? null : dialect.delimiter(),
                fixed ? null : dialect.quote(),
                charset(),
                matcher.missing(names, known),
                matcher.extra(names, first).size());
    }

    /** The header line as it stands in the file; empty where there is none, or the file was not opened at its start. */
    String headerLine() {
        return headerLine;
    }

    /** Where the rows end in the file, in bytes; once there are no more. */
    long bodyEnd() {
        return Objects.requireNonNull(bodyEnd, "there may be more rows");
    }

    /** Whether a line is known to end there. */
    boolean bodyEndsLine() {
        return bodyEndsLine;
    }

    /**
     * Goes over rows without looking into them.
     *
     * @param most how many
     * @return how many there were; fewer only at the end of the file
     */
    long skip(long most) {
        long begin = rows;
        while (rows - begin < most && next()) {
            if (!emptyLast) {
                rows += records.skip(fields);
            }
        }
        return rows - begin;
    }

    /** All names of the table: those that were known, then this file's new ones. */
    List<String> columns() {
        return columns;
    }

    @Override
    public List<String> names() {
        return names;
    }

    @Override
    public long rows() {
        return rows;
    }

    @Override
    public long offset() {
        return records.start();
    }

    @Override
    public String value(int column) {
        return records.text(column);
    }

    @Override
    public boolean next() {
        boolean there = pending || read();
        pending = false;
        if (!there) {
            return false;
        }
        ragged = records.size() != fields || (emptyLast && !records.isEmpty(fields - 1));
        if (ragged && !tolerant) {
            throw StitchFailures.raggedRow(file, rows + 1, records.size(), fields);
        }
        rows++;
        return true;
    }

    /** Makes rows with more or fewer fields than the file has columns come as {@link #ragged}, where they refuse the file else. */
    void tolerateRagged() {
        tolerant = true;
    }

    /** Whether the row has more or fewer fields than the file has columns: it cannot be written. */
    boolean ragged() {
        return ragged;
    }

    /** How many fields the row has. */
    int width() {
        return records.size();
    }

    @Override
    public void write(NdjsonBuffer target) {
        writer.append(records, target);
    }

    /** How it was opened, and where it is now: behind the row that was read last; null where that cannot be told. */
    @Nullable
    Opened opened(long size) {
        // Where a trailer was read the rows end before it
        long end = isBehindRows() ? bodyEnd() : pending ? records.start() : records.end();
        return end < 0
                ? null
                : new Opened(
                        size,
                        end,
                        dialect.delimiter(),
                        dialect.quote(),
                        window.charset(),
                        names,
                        emptyLast,
                        leftOut,
                        bounds.announced());
    }

    /** Whether the last row has been read. */
    private boolean isBehindRows() {
        return bodyEnd != null;
    }

    /** Reads the next record; false at the end of the file, which is as its first and last line say. */
    private boolean read() {
        if (isBehindRows()) {
            return false; // what stands there is compared once
        }
        try {
            boolean there = records.next();
            if (there && bounds.hasTrailer() && !inHeader && !records.more()) {
                bounds.last(records.line(), rows);
                bodyEnd = records.start();
                bodyEndsLine = true;
                return false;
            }
            if (!there && !inHeader) {
                bounds.last(null, rows);
                bodyEnd = window.offset(window.limit);
                bodyEndsLine = window.endsLine();
            }
            return there;
        } catch (IOException e) {
            throw refusal(e);
        }
    }

    private RefusedException refusal(IOException e) {
        return StitchFailures.unreadable(e, file, inHeader ? 0 : rows + 1, charset(), maxRecord);
    }

    /** What the file is written in; null where it has shown nothing but ASCII. */
    @Nullable
    String shownCharset() {
        return window.charset();
    }

    private String charset() {
        return Objects.requireNonNullElse(window.charset(), "UTF-8");
    }

    @Override
    public void close() {
        try {
            records.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
