package io.intake.config;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads {@code format}: what it leaves out is as in the format around it. */
final class FormatReader {
    private static final Set<String> KNOWN = Set.of("delimiter", "quote", "header", "charset");
    private static final Set<String> UNSUPPORTED = Set.of("trailer");

    // Letters and backslashes are refused because 'tab' and '\t' are meant to be something else.
    private static final Pattern DELIMITER = Pattern.compile("[^\\p{L}\\p{N}\\\\\\r\\n\\x00]{1,4}");
    private static final Pattern QUOTE = Pattern.compile("[^\\p{L}\\p{N}\\s\\\\\\x00]");

    /** A value, or the choice to have none: what {@code auto}, {@code none} and {@code each} stand for. */
    private record Choice<T>(@Nullable T value) {}

    private FormatReader() {}

    /**
     * A reader of formats.
     *
     * @param around what holds for keys that are absent
     */
    static Reader<Format> within(Format around) {
        return (node, key, problems) -> Fields.of(node, "a format", KNOWN, UNSUPPORTED, problems)
                .map(fields -> {
                    @Nullable
                    String delimiter = fields.optional("delimiter", FormatReader::delimiter)
                            .orElseGet(() -> new Choice<>(around.delimiter()))
                            .value();
                    @Nullable
                    Character quote = fields.optional("quote", FormatReader::quote)
                            .orElseGet(() -> new Choice<>(around.quote()))
                            .value();
                    if (delimiter != null && quote != null && delimiter.indexOf(quote) >= 0) {
                        problems.add(node, "the quote is part of the delimiter; is 'quote: none' meant?");
                    }
                    return new Format(
                            delimiter,
                            quote,
                            fields.optional("header", FormatReader::header).orElse(around.header()),
                            fields.optional("charset", FormatReader::charset).orElse(around.charset()));
                });
    }

    private static Optional<Choice<String>> delimiter(Node node, String key, Problems problems) {
        return Scalars.text(node, key, problems).flatMap(text -> {
            if (text.equals("auto")) {
                return Optional.of(new Choice<>(null));
            }
            if (DELIMITER.matcher(text).matches()) {
                return Optional.of(new Choice<>(text));
            }
            problems.add(
                    node,
                    "'delimiter' must be auto, or 1 to 4 characters that are no letters, digits or backslashes;"
                            + " a tab is \"\\t\" in double quotes");
            return Optional.empty();
        });
    }

    private static Optional<Choice<Character>> quote(Node node, String key, Problems problems) {
        return Scalars.text(node, key, problems).flatMap(text -> {
            if (text.equals("none")) {
                return Optional.of(new Choice<>(null));
            }
            if (text.length() == 1 && QUOTE.matcher(text).matches()) {
                return Optional.of(new Choice<>(text.charAt(0)));
            }
            problems.add(node, "'quote' must be none, or one character that is no letter, digit, blank or backslash");
            return Optional.empty();
        });
    }

    private static Optional<List<String>> header(Node node, String key, Problems problems) {
        if (Scalars.plain(node).isPresent()) {
            if (Scalars.plain(node).get().equals("each")) {
                return Optional.of(List.of());
            }
            problems.add(node, "'header' must be each, or the list of the columns' names");
            return Optional.empty();
        }
        Reader<String> name = Lists.distinct(
                Scalars::text, "this column", column -> column.strip().toLowerCase(Locale.ROOT));
        return Lists.notEmpty(name).read(node, key, problems);
    }

    private static Optional<String> charset(Node node, String key, Problems problems) {
        return Scalars.text(node, key, problems).flatMap(text -> {
            if (text.equals("auto")) {
                problems.add(node, "'charset: auto' is not supported in this version; name the charset");
                return Optional.empty();
            }
            try {
                return Optional.of(Charset.forName(text).name());
            } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
                problems.add(node, "'charset' must be an IANA name such as UTF-8, windows-1252 or UTF-16LE");
                return Optional.empty();
            }
        });
    }
}
