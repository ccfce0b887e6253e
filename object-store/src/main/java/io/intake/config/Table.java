package io.intake.config;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/**
 * A table that is made of one or more delimited files of an archive, appended one after another.
 *
 * @param name as the engine gets it
 * @param match what an entry's path must match as a whole
 * @param order the named group of {@code match} whose number orders the parts; null for the order of names
 * @param required whether an archive without it is refused
 * @param format how its files are written
 * @param columns checked and renamed columns
 * @param rules how the files' columns are brought together
 * @param quality what is asked of its rows
 * @param expect the named group of {@code match} that says how many parts there are; null where nothing does
 */
public record Table(
        String name,
        String match,
        @Nullable String order,
        boolean required,
        Format format,
        List<Column> columns,
        ColumnRules rules,
        Quality quality,
        @Nullable String expect) {
    public Table {
        columns = List.copyOf(columns);
        rules = Objects.requireNonNullElse(rules, ColumnRules.DEFAULT);
        quality = Objects.requireNonNullElse(quality, Quality.DEFAULT);
    }

    /** A table whose parts do not say how many they are. */
    public Table(
            String name,
            String match,
            @Nullable String order,
            boolean required,
            Format format,
            List<Column> columns,
            ColumnRules rules,
            Quality quality) {
        this(name, match, order, required, format, columns, rules, quality, null);
    }

    /** A table of whose rows nothing further is asked. */
    public Table(
            String name,
            String match,
            @Nullable String order,
            boolean required,
            Format format,
            List<Column> columns,
            ColumnRules rules) {
        this(name, match, order, required, format, columns, rules, Quality.DEFAULT);
    }

    /** A table whose columns are brought together as they are where nothing is said. */
    public Table(
            String name, String match, @Nullable String order, boolean required, Format format, List<Column> columns) {
        this(name, match, order, required, format, columns, ColumnRules.DEFAULT);
    }

    /** Whether an entry's path is a part of this table; the groups of {@code match} if it is. */
    public Optional<MatchResult> matches(String path) {
        Matcher matcher = Patterns.of(match).matcher(path);
        return matcher.matches() ? Optional.of(matcher.toMatchResult()) : Optional.empty();
    }

    /**
     * A column that a feed names.
     *
     * @param name as the engine gets it
     * @param aliases other header names it may come under; compared as {@code name} is, without regard to case
     * @param required whether a file without it is refused
     * @param rule what its values must be; null for anything
     */
    public record Column(
            String name,
            List<String> aliases,
            boolean required,
            @Nullable ColumnRule rule) {
        public Column {
            aliases = List.copyOf(aliases);
        }

        /** A column whose values may be anything. */
        public Column(String name, List<String> aliases, boolean required) {
            this(name, aliases, required, null);
        }
    }
}
