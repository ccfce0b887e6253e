package io.intake.processors.stitch;

import io.intake.config.Table.Column;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Gives the columns of a table's files their names. A column that the feed names goes by that name; any other by the
 * spelling of the first file that has it. Names are compared without regard to case and to blanks around them. Pure.
 */
final class HeaderMatcher {
    /** More columns than any table has; a header read with the wrong delimiter or line end has them. */
    static final int MAX_COLUMNS = 16_384;

    private final List<Column> declared;

    /** @param declared what the feed says of the table's columns */
    HeaderMatcher(List<Column> declared) {
        this.declared = declared;
    }

    /**
     * Names a file's columns.
     *
     * @param file the file's number, for refusals
     * @param header the file's own names, in its order
     * @param known the names that the table's earlier files gave
     * @return a name per column, in the file's order
     * @throws io.intake.processors.job.RefusedException with TOO_MANY_COLUMNS, DUPLICATE_COLUMN or MISSING_COLUMN
     */
    List<String> match(int file, List<String> header, List<String> known) {
        if (header.size() > MAX_COLUMNS) {
            throw StitchFailures.tooManyColumns(file, MAX_COLUMNS);
        }
        Map<String, String> canonical = canonicalNames(known);
        Map<String, Integer> places = new HashMap<>();
        List<String> names = new ArrayList<>(header.size());
        for (int i = 0; i < header.size(); i++) {
            String own = header.get(i).isBlank() ? "column_" + (i + 1) : header.get(i);
            String name = canonical.getOrDefault(fold(own), own);
            Integer earlier = places.putIfAbsent(fold(name), i);
            if (earlier != null) {
                throw StitchFailures.duplicateColumn(file, earlier + 1, i + 1);
            }
            names.add(name);
        }
        requireAll(file, places);
        return names;
    }

    /** The names known so far with a file's new ones behind them. */
    static List<String> merge(List<String> known, List<String> names) {
        List<String> merged = new ArrayList<>(known);
        Set<String> present = new HashSet<>(known);
        for (String name : names) {
            if (present.add(name)) {
                merged.add(name);
            }
        }
        return merged;
    }

    private Map<String, String> canonicalNames(List<String> known) {
        Map<String, String> canonical = new HashMap<>();
        for (Column column : declared) {
            canonical.put(fold(column.name()), column.name());
        }
        for (Column column : declared) {
            // A name goes before another column's alias
            column.aliases().forEach(alias -> canonical.putIfAbsent(fold(alias), column.name()));
        }
        known.forEach(name -> canonical.putIfAbsent(fold(name), name));
        return canonical;
    }

    private void requireAll(int file, Map<String, Integer> places) {
        int missing = 0;
        int first = 0;
        for (int i = 0; i < declared.size(); i++) {
            Column column = declared.get(i);
            if (column.required() && !places.containsKey(fold(column.name()))) {
                first = missing == 0 ? i + 1 : first;
                missing++;
            }
        }
        if (missing > 0) {
            throw StitchFailures.missingColumn(file, missing, first);
        }
    }

    /** Upper case first: some letters have one upper and two lower cases. */
    private static String fold(String name) {
        return name.strip().toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }
}
