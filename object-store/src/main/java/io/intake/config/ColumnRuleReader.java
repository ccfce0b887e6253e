package io.intake.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads what a column's values must be. */
final class ColumnRuleReader {
    /** The keys of a column. */
    static final Set<String> COLUMN =
            Set.of("name", "aliases", "required", "filled", "type", "format", "pattern", "length", "values", "range");

    private static final List<String> RULE =
            List.of("filled", "type", "format", "pattern", "length", "values", "range");
    private static final int MAX_LENGTH = 1 << 24;

    private ColumnRuleReader() {}

    private record Length(int min, @Nullable Integer max) {}

    private record Range(@Nullable String min, @Nullable String max) {}

    /** Null where a column's values may be anything. */
    static @Nullable ColumnRule read(Fields column, Node node, Problems problems) {
        if (RULE.stream().noneMatch(key -> column.node(key).isPresent())) {
            return null;
        }
        Length length = column.optional("length", ColumnRuleReader::length).orElse(new Length(0, null));
        Range range = column.optional("range", ColumnRuleReader::range).orElse(new Range(null, null));
        ColumnRule rule = new ColumnRule(
                column.optional("filled", Scalars::bool).orElse(false),
                column.optional("type", Words.of(ColumnRule.Type.class)).orElse(ColumnRule.Type.TEXT),
                column.optional("format", Scalars::text).orElse(null),
                column.optional("pattern", Regexes::regex).map(Pattern::pattern).orElse(null),
                length.min(),
                length.max(),
                column.optional("values", Lists.notEmpty(ColumnRuleReader::value))
                        .orElse(List.of()),
                range.min(),
                range.max());
        check(rule, column, node, problems);
        return rule;
    }

    private static void check(ColumnRule rule, Fields column, Node node, Problems problems) {
        boolean dated = rule.type() == ColumnRule.Type.DATE || rule.type() == ColumnRule.Type.TIMESTAMP;
        if (rule.format() != null && !dated) {
            problems.add(column.node("format").orElse(node), "'format' is for the types date and timestamp only");
            return;
        }
        ValueType type;
        try {
            type = ValueType.of(rule.type(), rule.format());
        } catch (IllegalArgumentException wrong) {
            problems.add(
                    column.node("format").orElse(node),
                    "'format' must be a pattern of java.time such as yyyyMMdd or dd.MM.yyyy HH:mm");
            return;
        }
        boolean ordered = dated || rule.type() == ColumnRule.Type.INTEGER || rule.type() == ColumnRule.Type.DECIMAL;
        for (String bound : new String[] {rule.min(), rule.max()}) {
            if (bound != null && (!ordered || !type.accepts(bound))) {
                problems.add(
                        column.node("range").orElse(node),
                        "'range' is for integers, decimals, dates and timestamps, and written as the column's values are");
                return;
            }
        }
        if (rule.min() != null && rule.max() != null && type.compare(rule.min(), rule.max()) > 0) {
            problems.add(column.node("range").orElse(node), "the range's 'min' is above its 'max'");
        }
    }

    private static Optional<Length> length(Node node, String key, Problems problems) {
        return Fields.of(node, "'length'", Set.of("min", "max"), problems).map(fields -> {
            int min = fields.optional("min", Scalars.integer(0, MAX_LENGTH)).orElse(0);
            Integer max = fields.optional("max", Scalars.integer(1, MAX_LENGTH)).orElse(null);
            if (max != null && max < min) {
                problems.add(node, "the length's 'min' is above its 'max'");
            }
            return new Length(min, max);
        });
    }

    private static Optional<Range> range(Node node, String key, Problems problems) {
        return Fields.of(node, "'range'", Set.of("min", "max"), problems).map(fields -> {
            Map<String, String> bounds = new java.util.HashMap<>();
            for (String bound : new String[] {"min", "max"}) {
                fields.optional(bound, ColumnRuleReader::value).ifPresent(value -> bounds.put(bound, value));
            }
            return new Range(bounds.get("min"), bounds.get("max"));
        });
    }

    /** Any scalar: 1, true and 2020-01-01 are meant as they are written. */
    private static Optional<String> value(Node node, String key, Problems problems) {
        Optional<String> value = Scalars.plain(node);
        if (value.isEmpty()) {
            problems.add(node, "'" + key + "' must hold texts or numbers that are not empty");
        }
        return value;
    }
}
