package io.intake.config;

import io.intake.config.Table.Column;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * The columns by which tables are joined. They are required, and go by one spelling, so that they can be found and compared
 * byte for byte. Not thread-safe.
 */
final class JoinColumns {
    private final Map<String, Table> tables = new LinkedHashMap<>();
    /** By table, names and aliases to the names as the engine gets them. */
    private final Map<String, Map<String, String>> names = new HashMap<>();

    private final Map<String, Set<String>> used = new HashMap<>();

    JoinColumns(List<Table> tables) {
        for (Table table : tables) {
            Map<String, String> known = new HashMap<>();
            for (Column column : table.columns()) {
                known.put(fold(column.name()), column.name());
                column.aliases().forEach(alias -> known.put(fold(alias), column.name()));
            }
            this.tables.put(table.name(), table);
            names.put(table.name(), known);
            used.put(table.name(), new HashSet<>());
        }
    }

    /** Headers are compared so. */
    static String fold(String name) {
        return name.strip().toLowerCase(Locale.ROOT);
    }

    /** All tables' names. */
    Set<String> tables() {
        return tables.keySet();
    }

    boolean knows(String table) {
        return tables.containsKey(table);
    }

    /** Whether a table is known to have a column that goes by a name. */
    boolean has(String table, String name) {
        return names.getOrDefault(table, Map.of()).values().stream()
                .anyMatch(column -> fold(column).equals(fold(name)));
    }

    /**
     * The spelling of a column that 'on' names, which makes it required.
     *
     * @param table its name; one that is not known has been reported
     */
    String use(String table, String column, Node node, Problems problems) {
        Table found = tables.get(table);
        Map<String, String> known = names.get(table);
        if (found == null || known == null) {
            return column;
        }
        String name = known.computeIfAbsent(fold(column), folded -> column);
        List<String> header = found.format().header();
        boolean present = header.isEmpty()
                || header.stream()
                        .map(own -> known.getOrDefault(fold(own), own))
                        .anyMatch(name::equals);
        if (!present) {
            problems.add(node, "'on' names a column that the header of its table lacks");
        }
        used.getOrDefault(table, Set.of()).add(name);
        return name;
    }

    /** The tables with the columns required that were used. */
    List<Table> required(String root) {
        List<Table> changed = new ArrayList<>();
        for (Table table : tables.values()) {
            Set<String> missing = new HashSet<>(used.getOrDefault(table.name(), Set.of()));
            List<Column> columns = new ArrayList<>();
            for (Column column : table.columns()) {
                boolean wanted = missing.remove(column.name());
                columns.add(new Column(column.name(), column.aliases(), column.required() || wanted, column.rule()));
            }
            missing.stream().sorted().forEach(name -> columns.add(new Column(name, List.of(), true)));
            boolean required = table.required() || table.name().equals(root);
            changed.add(new Table(
                    table.name(),
                    table.match(),
                    table.order(),
                    required,
                    table.format(),
                    columns,
                    table.rules(),
                    table.quality()));
        }
        return changed;
    }
}
