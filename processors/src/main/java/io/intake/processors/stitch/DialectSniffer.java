package io.intake.processors.stitch;

import io.intake.config.Layout;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/** Finds out how a file is written from its head. Pure. */
final class DialectSniffer {
    private static final String CANDIDATES = ",\t|;";
    private static final List<Character> QUOTES = List.of('"', '\'');
    /** How many records of the head are looked at for quotes. */
    private static final int RECORDS = 200;

    private DialectSniffer() {}

    /** A head without the lines that are no part of the table: comments, the header record, the trailer. */
    static String withoutExtras(String head, Layout layout) {
        String rest = layout.comment() == null && layout.leader() == null ? head : withoutFirst(head, layout);
        String trailer = layout.trailer();
        String bare = rest.stripTrailing();
        int last = Math.max(bare.lastIndexOf('\n'), bare.lastIndexOf('\r')) + 1;
        return trailer != null
                        && Pattern.compile(trailer)
                                .matcher(bare.substring(last))
                                .find()
                ? rest.substring(0, last)
                : rest;
    }

    private static String withoutFirst(String head, Layout layout) {
        String comment = layout.comment();
        StringBuilder rest = new StringBuilder();
        boolean leader = layout.leader() != null;
        int at = 0;
        while (at < head.length()) {
            int end = at;
            while (end < head.length() && head.charAt(end) != '\n' && head.charAt(end) != '\r') {
                end++;
            }
            boolean isComment = comment != null && head.startsWith(comment, at);
            boolean isLeader = leader && !isComment && end > at;
            leader &= !isLeader;
            int next = Math.min(end + 1, head.length());
            if (!isComment && !isLeader) {
                rest.append(head, at, next);
            }
            at = next;
        }
        return rest.toString();
    }

    /**
     * The candidate that occurs most in the first line that is not empty. Of equals the first one of comma, tab, pipe,
     * semicolon; a comma where there is none, which makes the file a table of one column.
     */
    static String delimiter(CharSequence head, @Nullable Character quote) {
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

    /**
     * A dialect with the quote that the head shows: the first one of double and single quotes that begins a field and with
     * which all records have as many fields as the first. None if only without quotes they have; double quotes, which harm
     * nobody who does not use them, if the head shows nothing.
     */
    static Dialect quoted(Dialect dialect, String head) {
        boolean seen = false;
        for (char quote : QUOTES) {
            boolean begins = beginsField(head, dialect.delimiter(), quote);
            if (begins && regular(dialect.withQuote(quote), head, seen ? 2 : 1)) {
                return dialect.withQuote(quote);
            }
            seen |= begins;
        }
        return seen && regular(dialect.withQuote(null), head, 2) ? dialect.withQuote(null) : dialect.withQuote('"');
    }

    private static boolean beginsField(String head, String delimiter, char quote) {
        return head.startsWith(String.valueOf(quote))
                || head.contains(delimiter + quote)
                || head.contains("\n" + quote)
                || head.contains("\r" + quote);
    }

    /**
     * Whether all whole records of a head have the same number of fields.
     *
     * @param least how many there must be if the head is cut: a header line alone speaks for no quote against another
     */
    private static boolean regular(Dialect dialect, String head, int least) {
        List<Integer> sizes = new ArrayList<>();
        try (CSVParser parser = CSVParser.builder()
                .setReader(new StringReader(head))
                .setFormat(dialect.csvFormat())
                .get()) {
            for (CSVRecord each : parser) {
                sizes.add(each.size());
                if (sizes.size() > RECORDS) {
                    break;
                }
            }
        } catch (UncheckedIOException malformed) {
            if (!(malformed.getCause() instanceof CSVException)
                    || head.length() < RecordWindow.HEAD / 2
                    || sizes.isEmpty()) {
                return false;
            }
            // The head's last record may be cut in the middle of its quotes; a quote that is never closed is one too
            return sizes.size() > 1 && same(sizes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (sizes.size() > 1 && head.length() >= RecordWindow.HEAD / 2) {
            sizes.removeLast();
            return sizes.size() >= least && same(sizes);
        }
        return same(sizes);
    }

    private static boolean same(List<Integer> sizes) {
        return sizes.stream().distinct().count() <= 1;
    }
}
