package io.intake.processors.stitch;

import io.intake.config.Format;
import org.apache.commons.csv.CSVFormat;
import org.jspecify.annotations.Nullable;

/**
 * How one file is written: decided once, at its head, so that a value can never change it. Pure.
 *
 * @param delimiter one or more characters
 * @param quote null where quotes are data
 */
record Dialect(String delimiter, @Nullable Character quote) {
    /** How much of a file's head is looked at, in characters. */
    static final int HEAD = 1 << 16;

    private static final String CANDIDATES = ",\t|;";

    /**
     * The dialect of a file.
     *
     * @param head the file's first {@link #HEAD} characters, or all
     */
    static Dialect of(Format format, CharSequence head) {
        String delimiter = format.delimiter();
        return new Dialect(delimiter != null ? delimiter : detect(head, format.quote()), format.quote());
    }

    /**
     * The candidate that occurs most in the first line that is not empty. Of equals the first one of comma, tab, pipe,
     * semicolon; a comma where there is none, which makes the file a table of one column.
     */
    private static String detect(CharSequence head, @Nullable Character quote) {
        int[] counts = new int[CANDIDATES.length()];
        boolean quoted = false;
        boolean fieldStart = true;
        boolean lineStart = true;
        for (int i = 0; i < head.length(); i++) {
            char c = head.charAt(i);
            boolean lineEnd = c == '\n' || c == '\r';
            if (lineEnd && lineStart) {
                continue;
            }
            lineStart = false;
            if (quote != null && c == quote && (quoted || fieldStart)) {
                quoted = !quoted;
                // Behind a closing quote another one is an escaped quote: the field goes on
                fieldStart = !quoted;
                continue;
            }
            if (quoted) {
                continue;
            }
            if (lineEnd) {
                break;
            }
            int candidate = CANDIDATES.indexOf(c);
            fieldStart = candidate >= 0;
            if (candidate >= 0) {
                counts[candidate]++;
            }
        }
        return CANDIDATES.substring(best(counts), best(counts) + 1);
    }

    private static int best(int[] counts) {
        int best = 0;
        for (int i = 1; i < counts.length; i++) {
            if (counts[i] > counts[best]) {
                best = i;
            }
        }
        return best;
    }

    /** For commons-csv, with everything off that would change a value. Lines that hold nothing at all are skipped. */
    CSVFormat csvFormat() {
        return CSVFormat.DEFAULT
                .builder()
                .setDelimiter(delimiter)
                .setQuote(quote)
                .setEscape(null)
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
