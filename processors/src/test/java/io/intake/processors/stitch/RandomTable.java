package io.intake.processors.stitch;

import io.intake.config.Format;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A table with awkward values, written in some dialect.
 *
 * @param rows what must come out
 * @param file the bytes
 * @param format what a feed would say of them
 */
record RandomTable(List<Map<String, String>> rows, byte[] file, Format format) {
    private static final List<String> DELIMITERS = List.of(",", "\t", "|", ";", "$", "~|~", "||", "\u001f", "\u00a6");
    private static final List<String> CHARSETS =
            List.of("UTF-8", "UTF-8", "UTF-16", "UTF-16LE", "windows-1252", "ISO-8859-1");
    private static final List<String> LINE_ENDS = List.of("\n", "\r\n", "\r");
    private static final List<String> AWKWARD = List.of(
            "\"", "\"\"", "'", ",", ";", "|", "\t", "$", "~", "\\", " ", "\u0000", "\u00e9", "{", "#", "\u0007");
    private static final List<String> WIDE = List.of("\u20ac", "\u540d", "\ud83d\ude00", "\u2028", "\ufffd", "\ufffe");

    /** A table of some columns and rows. */
    static RandomTable of(RandomGenerator random, int maxColumns, int maxRows) {
        String delimiter = pick(random, DELIMITERS);
        boolean quotes = random.nextInt(4) > 0;
        Format format = new Format(
                quotes && delimiter.length() == 1 && ",\t|;".contains(delimiter) && random.nextBoolean()
                        ? null
                        : delimiter,
                quotes ? '"' : null,
                List.of(),
                delimiter.equals("\u00a6") ? "UTF-8" : pick(random, CHARSETS));
        int columns = 2 + random.nextInt(maxColumns - 1);
        List<String> header = new ArrayList<>();
        for (int i = 0; i < columns; i++) {
            header.add("c" + i + (random.nextInt(3) == 0 ? " of \"patient\"" : ""));
        }
        List<Map<String, String>> rows = new ArrayList<>();
        int count = random.nextInt(maxRows + 1);
        for (int i = 0; i < count; i++) {
            Map<String, String> row = new LinkedHashMap<>();
            for (String name : header) {
                row.put(name, value(random, delimiter, quotes, format.charset()));
            }
            rows.add(row);
        }
        return new RandomTable(rows, write(random, header, rows, delimiter, format), format);
    }

    private static String value(RandomGenerator random, String delimiter, boolean quotes, String charset) {
        StringBuilder value = new StringBuilder();
        int pieces = random.nextInt(6);
        for (int i = 0; i < pieces; i++) {
            value.append(
                    switch (random.nextInt(charset.startsWith("UTF") ? 5 : 4)) {
                        case 0 -> Integer.toString(random.nextInt(1_000));
                        case 1 -> pick(random, AWKWARD);
                        case 2 -> quotes ? pick(random, List.of("\n", "\r", "\r\n", delimiter)) : "x";
                        case 3 -> "word";
                        default -> pick(random, WIDE);
                    });
        }
        String text = value.toString();
        if (quotes) {
            return text;
        }
        // Without quotes a file cannot hold its own delimiter, not even a part of it
        for (int i = 0; i < delimiter.length(); i++) {
            text = text.replace(delimiter.charAt(i), '_');
        }
        return text;
    }

    private static byte[] write(
            RandomGenerator random,
            List<String> header,
            List<Map<String, String>> rows,
            String delimiter,
            Format format) {
        String lineEnd = pick(random, LINE_ENDS);
        StringBuilder text =
                new StringBuilder(format.charset().equals("UTF-8") && random.nextBoolean() ? "\ufeff" : "");
        line(random, text, header, delimiter, format.quote());
        for (Map<String, String> row : rows) {
            text.append(random.nextInt(9) == 0 ? lineEnd + lineEnd : lineEnd);
            line(random, text, List.copyOf(row.values()), delimiter, format.quote());
        }
        text.append(
                switch (random.nextInt(3)) {
                    case 0 -> "";
                    case 1 -> lineEnd;
                    default -> lineEnd + "\u001a";
                });
        return text.toString().getBytes(Charset.forName(format.charset()));
    }

    private static void line(
            RandomGenerator random,
            StringBuilder text,
            List<String> values,
            String delimiter,
            @Nullable Character quote) {
        String between = "";
        for (String value : values) {
            text.append(between);
            between = delimiter;
            boolean needed = value.startsWith("\"")
                    || value.contains("\n")
                    || value.contains("\r")
                    || delimiter.chars().anyMatch(c -> value.indexOf(c) >= 0);
            if (quote != null && (needed || random.nextInt(4) == 0)) {
                text.append(quote).append(value.replace("\"", "\"\"")).append(quote);
            } else {
                text.append(value);
            }
        }
    }

    private static String pick(RandomGenerator random, List<String> from) {
        return from.get(random.nextInt(from.size()));
    }
}
