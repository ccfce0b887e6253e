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
    private static final Set<String> KNOWN =
            Set.of("delimiter", "quote", "escape", "comment", "header", "header-record", "trailer", "fixed", "charset");

    // Letters and backslashes are refused because 'tab' and '\t' are meant to be something else.
    private static final Pattern DELIMITER = Pattern.compile("[^\\p{L}\\p{N}\\\\\\r\\n\\x00]{1,4}");
    private static final Pattern QUOTE = Pattern.compile("[^\\p{L}\\p{N}\\s\\\\\\x00]");

    private static final Pattern ESCAPE = Pattern.compile("[!-~&&[^\\p{L}\\p{N}]]");
    private static final Pattern COMMENT = Pattern.compile("[^\\r\\n\\x00]{1,16}");

    /** A value, or the choice to have none: what {@code auto}, {@code none} and {@code each} stand for. */
    private record Choice<T>(@Nullable T value) {}

    private FormatReader() {}

    /**
     * A reader of formats.
     *
     * @param around what holds for keys that are absent
     */
    static Reader<Format> within(Format around) {
        return (node, key, problems) -> Fields.of(node, "a format", KNOWN, problems)
                .map(fields -> {
                    Quoting quoting = fields.optional("quote", FormatReader::quote)
                            .orElseGet(() ->
                                    new Quoting(around.quote(), around.layout().detectQuote()));
                    Header header = fields.optional("header", FormatReader::header)
                            .orElseGet(() -> fields.node("fixed").isPresent()
                                    ? new Header(List.of(), false)
                                    : new Header(
                                            around.header(), around.layout().headerOnce()));
                    Format format = new Format(
                            chosen(fields, "delimiter", FormatReader::delimiter, around.delimiter()),
                            quoting.character(),
                            header.names(),
                            fields.optional("charset", FormatReader::charset).orElse(around.charset()),
                            layout(fields, quoting, header, around.layout()));
                    consistent(format, node, problems);
                    return format;
                });
    }

    private record Quoting(@Nullable Character character, boolean detected) {}

    private record Header(List<String> names, boolean once) {}

    private static Layout layout(Fields fields, Quoting quoting, Header header, Layout around) {
        return new Layout(
                quoting.detected(),
                chosen(fields, "escape", FormatReader::escape, around.escape()),
                chosen(fields, "comment", FormatReader::comment, around.comment()),
                header.once(),
                chosen(fields, "header-record", FormatReader::record, around.leader()),
                chosen(fields, "trailer", FormatReader::record, around.trailer()),
                // Either names the columns: what is said here goes before what is said around
                fields.optional("fixed", new FixedReader()::read)
                        .orElseGet(() -> fields.node("header").isPresent() ? List.of() : around.fixed()));
    }

    private static <T> @Nullable T chosen(Fields fields, String key, Reader<Choice<T>> reader, @Nullable T around) {
        return fields.optional(key, reader)
                .orElseGet(() -> new Choice<>(around))
                .value();
    }

    private static void consistent(Format format, Node node, Problems problems) {
        String delimiter = format.delimiter();
        Character quote = format.quote();
        Character escape = format.layout().escape();
        if (delimiter != null && quote != null && delimiter.indexOf(quote) >= 0) {
            problems.add(node, "the quote is part of the delimiter; is 'quote: none' meant?");
        }
        if (escape != null && (escape.equals(quote) || (delimiter != null && delimiter.indexOf(escape) >= 0))) {
            problems.add(
                    node,
                    "'escape' is the quote or part of the delimiter; a quote in a value that is quoted is doubled");
        }
        if (!format.layout().fixed().isEmpty() && !format.header().isEmpty()) {
            problems.add(node, "'fixed' names the columns; 'header' cannot name them too");
        }
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

    private static Optional<Quoting> quote(Node node, String key, Problems problems) {
        return Scalars.text(node, key, problems).flatMap(text -> {
            if (text.equals("none")) {
                return Optional.of(new Quoting(null, false));
            }
            if (text.equals("auto")) {
                return Optional.of(new Quoting('"', true));
            }
            if (text.length() == 1 && QUOTE.matcher(text).matches()) {
                return Optional.of(new Quoting(text.charAt(0), false));
            }
            problems.add(
                    node, "'quote' must be none, auto, or one character that is no letter, digit, blank or backslash");
            return Optional.empty();
        });
    }

    private static Optional<Choice<Character>> escape(Node node, String key, Problems problems) {
        return Scalars.text(node, key, problems).flatMap(text -> {
            if (text.equals("none")) {
                return Optional.of(new Choice<>(null));
            }
            if (ESCAPE.matcher(text).matches()) {
                return Optional.of(new Choice<>(text.charAt(0)));
            }
            problems.add(node, "'escape' must be none, or one ASCII character that is no letter, digit or blank");
            return Optional.empty();
        });
    }

    private static Optional<Choice<String>> comment(Node node, String key, Problems problems) {
        return Scalars.text(node, key, problems).flatMap(text -> {
            if (text.equals("none")) {
                return Optional.of(new Choice<>(null));
            }
            if (COMMENT.matcher(text).matches()) {
                return Optional.of(new Choice<>(text));
            }
            problems.add(node, "'comment' must be none, or the 1 to 16 characters that such lines begin with");
            return Optional.empty();
        });
    }

    private static Optional<Choice<String>> record(Node node, String key, Problems problems) {
        return Scalars.plain(node).filter("none"::equals).isPresent()
                ? Optional.of(new Choice<>(null))
                : Regexes.regex(node, key, problems).map(regex -> new Choice<>(regex.pattern()));
    }

    private static Optional<Header> header(Node node, String key, Problems problems) {
        Optional<String> word = Scalars.plain(node);
        if (word.isPresent()) {
            if (word.get().equals("each") || word.get().equals("first")) {
                return Optional.of(new Header(List.of(), word.get().equals("first")));
            }
            problems.add(node, "'header' must be each, first, or the list of the columns' names");
            return Optional.empty();
        }
        Reader<String> name = Lists.distinct(
                Scalars::text, "this column", column -> column.strip().toLowerCase(Locale.ROOT));
        return Lists.notEmpty(name).read(node, key, problems).map(names -> new Header(names, false));
    }

    private static Optional<String> charset(Node node, String key, Problems problems) {
        return Scalars.text(node, key, problems).flatMap(text -> {
            if (text.equals(Format.DETECTED)) {
                return Optional.of(text);
            }
            try {
                return Optional.of(Charset.forName(text).name());
            } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
                problems.add(node, "'charset' must be auto, or an IANA name such as UTF-8, windows-1252 or UTF-16LE");
                return Optional.empty();
            }
        });
    }
}
