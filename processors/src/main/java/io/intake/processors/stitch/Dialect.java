package io.intake.processors.stitch;

import io.intake.config.Format;
import io.intake.config.Layout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * How one file is written: decided once, at its head, so that a value can never change it. Pure.
 *
 * @param delimiter one or more characters
 * @param quote null where quotes are data
 * @param escape null where there is none
 */
record Dialect(
        String delimiter,
        @Nullable Character quote,
        @Nullable Character escape) {
    /**
     * What is put behind a record that commons-csv (1.14.1) reads by itself: at the end of its input it takes the beginning
     * of a delimiter of several characters for all of it if it has just seen the rest.
     */
    static final String LINE_END = "\n";

    /**
     * The dialect of a file.
     *
     * @param head the file's first {@link RecordWindow#HEAD} bytes, or all; may be left out where {@link #isDeclared}
     * @throws IllegalArgumentException if delimiter, quote and escape contradict each other
     */
    static Dialect of(Format format, String head) {
        Layout layout = format.layout();
        String sample = isDeclared(format) ? "" : DialectSniffer.withoutExtras(head, layout);
        String delimiter = format.delimiter();
        if (delimiter == null) {
            delimiter = DialectSniffer.delimiter(sample, format.quote());
        }
        Dialect dialect = new Dialect(delimiter, format.quote(), layout.escape());
        return layout.detectQuote() ? DialectSniffer.quoted(dialect, sample) : dialect;
    }

    /** Whether nothing is to be found out. */
    static boolean isDeclared(Format format) {
        return !format.layout().fixed().isEmpty()
                || (format.delimiter() != null && !format.layout().detectQuote());
    }

    /** The same with another quote. */
    Dialect withQuote(@Nullable Character other) {
        return new Dialect(delimiter, other, escape);
    }

    /**
     * The engine that cuts a file of this dialect (ADR 0016).
     *
     * @throws IllegalArgumentException if delimiter, quote and escape contradict each other
     */
    Records records(RecordWindow window, Layout layout) {
        if (!layout.fixed().isEmpty()) {
            return new FixedRecords(window, layout.fixed(), layout.comment());
        }
        if (quote != null && (delimiter.indexOf(quote) >= 0 || (escape != null && quote > 0x7f))) {
            throw new IllegalArgumentException("a quote that is part of the delimiter, or cannot be escaped");
        }
        return escape == null
                ? new ByteRecords(window, delimiter, quote == null ? null : quote.toString(), layout.comment())
                : new EscapedRecords(window, this, escape, layout.comment());
    }

    /** The fields of a record that stands for itself: a header line. */
    List<String> fields(String record) {
        try (CSVParser parser = CSVParser.parse(record + LINE_END, csvFormat())) {
            List<String> fields = new ArrayList<>();
            for (CSVRecord each : parser) {
                each.forEach(fields::add);
            }
            return fields;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For commons-csv, with everything off that would change a value. Lines that hold nothing at all are skipped. */
    CSVFormat csvFormat() {
        return CSVFormat.DEFAULT
                .builder()
                .setDelimiter(delimiter)
                .setQuote(quote)
                .setEscape(escape)
                .setCommentMarker(null)
                .setNullString(null)
                .setTrim(false)
                .setIgnoreSurroundingSpaces(false)
                .setIgnoreEmptyLines(true)
                .setLenientEof(false)
                .setTrailingData(false)
                .get();
    }
}
