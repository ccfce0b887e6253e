package io.intake.processors.stitch;

import io.intake.config.ColumnRules;
import io.intake.config.ColumnRules.Extra;
import io.intake.config.ColumnRules.Missing;
import io.intake.config.ColumnRules.Names;
import io.intake.config.Table.Column;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Gives the columns of a table's files their names. A column that the feed names goes by that name; any other by the
 * spelling of the first file that has it. Names are compared without regard to blanks around them and, unless the feed says
 * otherwise, to case. Pure.
 */
final class HeaderMatcher {
    /** More columns than any table has; a header read with the wrong delimiter or line end has them. */
    static final int MAX_COLUMNS = 16_384;

    private final List<Column> declared;
    private final ColumnRules rules;

    /** @param declared what the feed says of the table's columns */
    HeaderMatcher(List<Column> declared) {
        this(declared, ColumnRules.DEFAULT);
    }

    HeaderMatcher(List<Column> declared, ColumnRules rules) {
        this.declared = declared;
        this.rules = rules;
    }

    /**
     * Names a file's columns.
     *
     * @param file the file's number, for refusals
     * @param header the file's own names, in its order
     * @param known the names that the table's earlier files gave
     * @return a name per column, in the file's order; an empty one for a column that is left out
     * @throws io.intake.processors.job.RefusedException with TOO_MANY_COLUMNS, DUPLICATE_COLUMN, MISSING_COLUMN or
     *     EXTRA_COLUMN
     */
    List<String> match(int file, List<String> header, List<String> known) {
        if (header.size() > MAX_COLUMNS) {
            throw StitchFailures.tooManyColumns(file, MAX_COLUMNS);
        }
        Map<String, String> canonical = canonicalNames(known);
        Map<String, Integer> places = new HashMap<>();
        List<String> names = new ArrayList<>(header.size());
        for (int i = 0; i < header.size(); i++) {
            String own = named(header.get(i), i);
            String name = canonical.getOrDefault(fold(own), own);
            Integer earlier = places.putIfAbsent(fold(name), i);
            if (earlier != null) {
                throw StitchFailures.duplicateColumn(file, earlier + 1, i + 1);
            }
            names.add(name);
        }
        requireAll(file, places);
        int absent = missing(names, known);
        if (absent > 0 && rules.missing() == Missing.REFUSE) {
            throw StitchFailures.absentColumns(file, absent);
        }
        return withoutExtras(file, names, known);
    }

    private static String named(String header, int column) {
        return header.isBlank() ? "column_" + (column + 1) : header;
    }

    private List<String> withoutExtras(int file, List<String> names, List<String> known) {
        if (rules.extra() == Extra.KEEP) {
            return names;
        }
        List<Integer> extra = extra(names, known);
        if (rules.extra() == Extra.REFUSE && !extra.isEmpty()) {
            throw StitchFailures.extraColumns(file, extra.size(), extra.getFirst() + 1);
        }
        extra.forEach(column -> names.set(column, ""));
        return names;
    }

    /** How many of the columns that the feed lists, or that earlier files had, a file lacks. */
    int missing(List<String> names, List<String> known) {
        Set<String> wanted = new HashSet<>(known);
        declared.forEach(column -> wanted.add(column.name()));
        names.forEach(wanted::remove);
        return wanted.size();
    }

    /**
     * Which columns are not expected, from 0: not listed by the feed, or if it lists none, not in the table's first file.
     *
     * @param first the names of that file's columns; empty for that file itself
     */
    List<Integer> extra(List<String> names, List<String> first) {
        Set<String> expected = new HashSet<>();
        declared.forEach(column -> expected.add(column.name()));
        for (int i = 0; i < first.size() && declared.isEmpty(); i++) {
            expected.add(named(first.get(i), i));
        }
        return expected.isEmpty()
                ? List.of()
                : IntStream.range(0, names.size())
                        .filter(i -> !expected.contains(names.get(i)))
                        .boxed()
                        .toList();
    }

    /** All columns of the table's rows from a file on: those known, the file's new ones, and those that are to be there. */
    List<String> columns(List<String> known, List<String> names) {
        Set<String> columns = new LinkedHashSet<>(known);
        columns.addAll(names);
        if (rules.missing() == Missing.EMPTY) {
            declared.forEach(column -> columns.add(column.name()));
        }
        columns.remove("");
        return List.copyOf(columns);
    }

    /** Whether rows have the columns that their file lacks. */
    boolean fillsIn() {
        return rules.missing() == Missing.EMPTY;
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
    private String fold(String name) {
        String bare = name.strip();
        return rules.names() == Names.EXACT
                ? bare
                : bare.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }
}
