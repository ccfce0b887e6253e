package io.intake.config;

import io.intake.config.ColumnRules.Extra;
import io.intake.config.ColumnRules.Missing;
import io.intake.config.ColumnRules.Names;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads a feed's {@code tables}. */
final class TableReader {
    private static final Set<String> KNOWN = Set.of(
            "match",
            "parts",
            "required",
            "format",
            "columns",
            "column-names",
            "missing-columns",
            "extra-columns",
            "bad-rows",
            "empty",
            "key");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}");
    private static final Pattern NO_PATTERN = Pattern.compile("");

    private final Format around;

    /** A reader of tables whose format is, where they do not say otherwise, the feed's. */
    TableReader(Format around) {
        this.around = around;
    }

    /** A mapping of names to tables, in the order of the file. */
    Optional<List<Table>> tables(Node node, String key, Problems problems) {
        return Fields.entries(node, "'" + key + "'", problems).map(entries -> {
            List<Table> tables = new ArrayList<>();
            entries.forEach((name, entry) -> {
                if (!NAME.matcher(name).matches()) {
                    problems.add(
                            entry.getKeyNode(),
                            "a table's name must be 1 to 63 letters, digits, dots, hyphens and underscores,"
                                    + " the first no dot or hyphen");
                }
                table(name, entry.getValueNode(), problems).ifPresent(tables::add);
            });
            if (entries.isEmpty()) {
                problems.add(node, "'tables' must name at least one table, or be left out");
            }
            return tables;
        });
    }

    private Optional<Table> table(String name, Node node, Problems problems) {
        return Fields.of(node, "a table", KNOWN, problems).map(fields -> {
            Optional<Pattern> match = fields.required("match", Regexes::regex);
            List<Table.Column> columns =
                    fields.optional("columns", TableReader::columns).orElse(List.of());
            Parts parts = parts(fields, match);
            return new Table(
                    name,
                    match.orElse(NO_PATTERN).pattern(),
                    parts.order(),
                    fields.optional("required", Scalars::bool).orElse(false),
                    fields.optional("format", FormatReader.within(around)).orElse(around),
                    columns,
                    rules(fields),
                    QualityReader.read(fields, columns, problems),
                    parts.expect());
        });
    }

    private static ColumnRules rules(Fields table) {
        ColumnRules usual = ColumnRules.DEFAULT;
        return new ColumnRules(
                table.optional("column-names", Scalars.word(Names.class)).orElse(usual.names()),
                table.optional("missing-columns", Scalars.word(Missing.class)).orElse(usual.missing()),
                table.optional("extra-columns", Scalars.word(Extra.class)).orElse(usual.extra()));
    }

    private record Parts(@Nullable String order, @Nullable String expect) {}

    private static Parts parts(Fields table, Optional<Pattern> match) {
        return table.optional(
                        "parts",
                        (node, key, found) -> Fields.of(node, "'parts'", Set.of("order", "expect"), found)
                                .map(fields -> new Parts(
                                        fields.required("order", group(match)).orElse(null),
                                        fields.optional("expect", group(match)).orElse(null))))
                .orElse(new Parts(null, null));
    }

    private static Reader<String> group(Optional<Pattern> match) {
        return (node, key, found) -> Scalars.text(node, key, found).filter(name -> {
            // where the pattern itself is wrong, its groups are unknown and its mistake is enough
            boolean present = match.isEmpty() || match.get().namedGroups().containsKey(name);
            if (!present) {
                found.add(node, "'" + key + "' must name a group of the table's 'match', as n is in (?<n>\\d+)");
            }
            return present;
        });
    }

    private static Optional<List<Table.Column>> columns(Node node, String key, Problems problems) {
        Map<String, Integer> lines = new HashMap<>();
        Reader<Table.Column> column = (each, name, found) -> {
            Optional<Table.Column> read = column(each, found);
            read.ifPresent(present -> {
                List<String> names = new ArrayList<>(present.aliases());
                names.addFirst(present.name());
                for (String header : names) {
                    Integer first = lines.putIfAbsent(header.strip().toLowerCase(Locale.ROOT), Problems.line(each));
                    if (first != null) {
                        found.add(each, "this column's name or alias is given twice, first in line " + first);
                    }
                }
            });
            return read;
        };
        return Lists.of(column).read(node, key, problems);
    }

    private static Optional<Table.Column> column(Node node, Problems problems) {
        return Fields.of(node, "a column", ColumnRuleReader.COLUMN, problems)
                .map(fields -> new Table.Column(
                        fields.required("name", Scalars::text).orElse(""),
                        fields.optional("aliases", Lists.of(Scalars::text)).orElse(List.of()),
                        fields.optional("required", Scalars::bool).orElse(false),
                        ColumnRuleReader.read(fields, node, problems)));
    }
}
