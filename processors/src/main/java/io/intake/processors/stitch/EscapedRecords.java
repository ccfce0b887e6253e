package io.intake.processors.stitch;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * Has commons-csv cut each record, whose end is found here: the engine of dialects with an escape character, of which there
 * are few and for whose many ways that library is the reference. An escape and r, n, t, b or f are that control character;
 * before a delimiter, a quote, an escape or a line's end it is left out; before anything else it is data. Not thread-safe.
 */
final class EscapedRecords extends LineRecords {
    private final CSVFormat format;
    private final byte[] delimiter;
    private final byte escape;
    /** 0 where quotes are data. */
    private final byte quote;

    private @Nullable CSVRecord record;

    EscapedRecords(RecordWindow window, Dialect dialect, char escape, @Nullable String comment) {
        super(window, comment);
        this.format = dialect.csvFormat();
        this.delimiter = dialect.delimiter().getBytes(StandardCharsets.UTF_8);
        this.escape = (byte) escape;
        Character character = dialect.quote();
        this.quote = character == null ? 0 : (byte) character.charValue();
    }

    @Override
    boolean cut() throws IOException {
        int end = end(window.start);
        if (end < 0) {
            return false;
        }
        ends(end);
        window.checkLength(end);
        record = parsed(line());
        return true;
    }

    /** Where the record ends; -1 if that has not been read yet. */
    private int end(int from) throws IOException {
        byte[] bytes = window.bytes;
        int limit = window.limit;
        boolean quoted = false;
        boolean fieldStart = true;
        int at = from;
        while (at < limit) {
            byte next = bytes[at];
            boolean fieldStarts = false;
            int step = 1;
            if (next == escape) {
                step = 2;
            } else if (quote != 0 && next == quote && (quoted || fieldStart)) {
                // Two quotes within quotes close and open: what they stand for is not asked here
                quoted = !quoted;
                fieldStarts = !quoted;
            } else if (!quoted && (next == '\n' || next == '\r')) {
                return at;
            } else if (!quoted && next == delimiter[0] && startsWith(delimiter, at)) {
                step = delimiter.length;
                fieldStarts = true;
            }
            fieldStart = fieldStarts;
            at += step;
        }
        if (at > limit && window.ended()) {
            // An escape with nothing behind it
            throw new BadQuotesException();
        }
        return window.ended() ? limit : -1;
    }

    private CSVRecord parsed(String line) throws IOException {
        try (CSVParser parser = CSVParser.builder()
                .setReader(new StringReader(line + Dialect.LINE_END))
                .setFormat(format)
                .get()) {
            List<CSVRecord> records = parser.getRecords();
            if (records.size() == 1) {
                return records.getFirst();
            }
        } catch (UncheckedIOException malformed) {
            // Without its message, which quotes the text
            if (!(malformed.getCause() instanceof CSVException)) {
                throw malformed;
            }
        }
        throw new BadQuotesException();
    }

    private CSVRecord present() {
        CSVRecord present = record;
        if (present == null) {
            throw new IllegalStateException("there is no record");
        }
        return present;
    }

    @Override
    public int size() {
        return present().size();
    }

    @Override
    public boolean isEmpty(int field) {
        return text(field).isEmpty();
    }

    @Override
    public String text(int field) {
        return present().get(field);
    }

    @Override
    public void write(int field, NdjsonBuffer target) {
        target.string(text(field));
    }
}
