package io.intake.processors.stitch;

import io.intake.config.Format;
import io.intake.processors.stitch.RecordGuard.RecordTooLongException;
import io.intake.processors.stitch.StrictDecoder.BadEncodingException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads one delimited file row by row, strictly: each row comes as it is, or the file is refused. Holds one record and some
 * fixed buffers, whatever the file's size. A function of the file's bytes alone. Not thread-safe.
 *
 * <p>CR, LF and CRLF end a row outside quotes and are kept inside them. A line that holds nothing at all is no row. A
 * delimiter at the end of every line, the header's included, makes no column.
 */
final class EntryReader implements AutoCloseable {
    private final int file;
    private final String charset;
    private final long maxRecord;
    private final RecordGuard guard;
    private final CSVParser parser;
    private final Iterator<CSVRecord> records;
    private final List<String> names;
    private final List<String> columns;
    private final int fields;
    private final boolean emptyLast;
    private final NdjsonRow writer;

    /** The row that was read to learn whether lines end with a delimiter. */
    private @Nullable CSVRecord pending;

    private @Nullable CSVRecord current;
    private long rows;
    private boolean inHeader;
    private boolean tolerant;
    private boolean ragged;

    /**
     * Reads the header.
     *
     * @param in the file's bytes, closed with this reader
     * @param file the file's number in the archive, from 1, for refusals
     * @param known the names that the table's earlier files gave
     * @param maxRecord the longest record, in characters (give or take what is read ahead)
     * @throws io.intake.processors.job.RefusedException if the file's head is not fit
     */
    EntryReader(InputStream in, int file, Format format, HeaderMatcher matcher, List<String> known, long maxRecord) {
        this.file = file;
        this.charset = format.charset();
        this.maxRecord = maxRecord;
        try {
            this.guard = new RecordGuard(new StrictDecoder(in, Charset.forName(format.charset())), maxRecord);
            Dialect dialect = Dialect.of(format, guard.head());
            this.parser = CSVParser.builder()
                    .setReader(guard)
                    .setFormat(dialect.csvFormat())
                    .get();
        } catch (IllegalArgumentException e) {
            // Without its message, which quotes the delimiter
            throw StitchFailures.badFormat(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.records = parser.iterator();
        boolean headless = !format.header().isEmpty();
        List<String> header = headless ? format.header() : header();
        this.names = matcher.match(file, header, known);
        this.pending = headless ? read() : null;
        this.emptyLast = pending != null
                && pending.size() == names.size() + 1
                && pending.get(names.size()).isEmpty();
        this.fields = names.size() + (emptyLast ? 1 : 0);
        this.columns = HeaderMatcher.merge(known, names);
        int last = header.size() - 1;
        boolean namelessLast = last > 0 && header.get(last).isEmpty();
        this.writer = new NdjsonRow(names, columns, namelessLast ? last : -1);
    }

    private List<String> header() {
        inHeader = true;
        CSVRecord first = read();
        inHeader = false;
        if (first == null) {
            throw StitchFailures.emptyFile(file);
        }
        List<String> header = new ArrayList<>(first.size());
        first.forEach(header::add);
        return header;
    }

    /** All names of the table: those that were known, then this file's new ones. */
    List<String> columns() {
        return columns;
    }

    /** Rows read so far, without the header. */
    long rows() {
        return rows;
    }

    /**
     * Goes to the next row.
     *
     * @return false at the end of the file
     * @throws io.intake.processors.job.RefusedException if it cannot be read for certain
     */
    boolean next() {
        CSVRecord record = pending != null ? pending : read();
        pending = null;
        current = record;
        if (record == null) {
            return false;
        }
        ragged =
                record.size() != fields || (emptyLast && !record.get(fields - 1).isEmpty());
        if (ragged && !tolerant) {
            throw StitchFailures.raggedRow(file, rows + 1, record.size(), fields);
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

    /** The file's columns, as the engine gets them. */
    List<String> names() {
        return names;
    }

    /** How many fields the row has. */
    int width() {
        return row().size();
    }

    /** A field of the row, from 0. */
    String value(int column) {
        return row().get(column);
    }

    /** Appends the row as JSON. */
    void write(NdjsonBuffer target) {
        writer.append(row()::get, target);
    }

    private CSVRecord row() {
        CSVRecord row = current;
        if (row == null) {
            throw new IllegalStateException("there is no row");
        }
        return row;
    }

    private @Nullable CSVRecord read() {
        try {
            CSVRecord record = records.hasNext() ? records.next() : null;
            guard.recordEnded();
            return record;
        } catch (UncheckedIOException e) {
            // Its message may quote what was read: only its cause's kind is used
            long row = inHeader ? 0 : rows + 1;
            switch (e.getCause()) {
                case BadEncodingException bad -> throw StitchFailures.badEncoding(file, row, charset, bad.offset());
                case RecordTooLongException ignored -> throw StitchFailures.rowTooLong(file, row, maxRecord);
                case CSVException ignored -> throw StitchFailures.malformedQuotes(file, row);
                case null, default -> throw e;
            }
        }
    }

    @Override
    public void close() {
        try {
            parser.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
