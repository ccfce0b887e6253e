package io.intake.processors.join;

import io.intake.config.Join;
import io.intake.config.Join.Child;
import io.intake.config.Join.On;
import io.intake.config.Join.Unmatched;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tables of random sizes, keys and trees, and what joining them in the plainest way gives. */
final class RandomJoin {
    private static final List<String> AWKWARD =
            List.of("\"", "\\", "\u00e9", "\ud83d\ude00", "\t", "{", "}]", "a,b", "\\\"", "\u0001", " x");

    final Random random;
    final LinkedHashMap<String, String> files = new LinkedHashMap<>();
    final Join join;

    private final Map<String, List<Map<String, String>>> rows = new LinkedHashMap<>();
    private final double skew;

    /** Expected counts, by the names in the job's record. */
    final Map<String, Long> counts = new LinkedHashMap<>();

    /** The codes of what is wrong with the tables. */
    final Set<String> wrong = new HashSet<>();

    /** Expected rows that are delivered by themselves, with what is nested in them. */
    final Map<String, List<Map<String, Object>>> alone = new LinkedHashMap<>();

    RandomJoin(long seed, int maxRows) {
        random = new Random(seed);
        skew = random.nextInt(3) == 0 ? 0.7 : 0;
        int keyColumns = 1 + random.nextInt(2);
        makeRows("root", keyColumns, null, random.nextInt(maxRows) + 1);
        List<Child> children = children("root", keyColumns, 1, maxRows);
        join = new Join("root", children);
        rows.forEach((name, table) -> files.put(name, csv(table, keyColumns)));
    }

    private List<Child> children(String parent, int keyColumns, int depth, int maxRows) {
        List<Child> children = new ArrayList<>();
        int count = depth == 1 ? 1 + random.nextInt(2) : random.nextInt(4 - depth);
        for (int i = 0; i < count; i++) {
            String table = parent + i;
            makeRows(table, keyColumns, parent, random.nextInt(maxRows * 2));
            List<On> on = new ArrayList<>();
            boolean other = random.nextInt(6) == 0;
            for (int k = 0; k < keyColumns; k++) {
                on.add(
                        other
                                ? new On("own" + (keyColumns - 1 - k), "of" + (keyColumns - 1 - k))
                                : new On("own" + k, "of" + k));
            }
            children.add(new Child(
                    table,
                    on,
                    "list " + i,
                    policy(),
                    policy(),
                    random.nextInt(40) == 0 ? 1 : 0,
                    random.nextInt(40) == 0 ? 3 : null,
                    children(table, keyColumns, depth + 1, maxRows)));
        }
        return children;
    }

    private Unmatched policy() {
        return random.nextInt(12) == 0
                ? Unmatched.REJECT
                : random.nextBoolean() ? Unmatched.REPORT : Unmatched.UNATTACHED;
    }

    private void makeRows(String name, int keyColumns, @Nullable String parent, int count) {
        List<Map<String, String>> table = new ArrayList<>();
        List<Map<String, String>> parents = parent == null ? List.of() : table(parent);
        boolean orphans = random.nextInt(3) > 0;
        boolean duplicates = random.nextInt(25) == 0;
        for (int i = 0; i < count; i++) {
            Map<String, String> row = new LinkedHashMap<>();
            row.put("rid", name + "-" + i);
            row.put("text", random.nextInt(5) == 0 ? AWKWARD.get(random.nextInt(AWKWARD.size())) : "v");
            boolean same = duplicates && i > 0 && random.nextInt(8) == 0;
            for (int k = 0; k < keyColumns; k++) {
                // Two columns that make a key only together
                String own = keyColumns == 1 ? "k" + i : k == 0 ? "k" + i / 3 : "" + i % 3;
                own += i % 7 == 0 && k == 0 ? AWKWARD.get(i / 7 % AWKWARD.size()) : "";
                row.put("own" + k, same ? table.getFirst().get("own" + k) : i % 41 == 40 ? " " : own);
            }
            Map<String, String> of = parents.isEmpty()
                    ? null
                    : random.nextDouble() < skew ? parents.getFirst() : parents.get(random.nextInt(parents.size()));
            int fate = orphans ? random.nextInt(8) : 7;
            for (int k = 0; parent != null && k < keyColumns; k++) {
                String value = of == null ? "none" : of.get("own" + k);
                row.put("of" + k, fate == 0 ? "no such " + random.nextInt(3) : fate == 1 && k == 0 ? "\t " : value);
            }
            table.add(row);
        }
        Collections.shuffle(table, random);
        rows.put(name, table);
    }

    private static String csv(List<Map<String, String>> table, int keyColumns) {
        List<String> columns = new ArrayList<>(List.of("rid", "text"));
        for (String column : List.of("own", "of")) {
            for (int k = 0; k < keyColumns; k++) {
                columns.add(column + k);
            }
        }
        StringBuilder csv = new StringBuilder(String.join(",", columns));
        for (Map<String, String> row : table) {
            csv.append('\n');
            String between = "";
            for (String column : columns) {
                String value = row.getOrDefault(column, "").replace("\"", "\"\"");
                csv.append(between).append('"').append(value).append('"');
                between = ",";
            }
        }
        return csv.append('\n').toString();
    }

    /** The records in the root's order. */
    List<Map<String, Object>> records(int keyColumns) {
        List<Map<String, Object>> records = nested("root", join.children(), keyColumns);
        counts.put("records", (long) records.size());
        count(join.children(), records);
        return records;
    }

    int keyColumns() {
        return table("root").getFirst().containsKey("own1") ? 2 : 1;
    }

    private List<Map<String, String>> table(String name) {
        return Objects.requireNonNull(rows.get(name), name);
    }

    private void count(List<Child> children, List<Map<String, Object>> parents) {
        for (Child child : children) {
            List<Map<String, Object>> below = new ArrayList<>();
            parents.forEach(parent -> list(parent, child).forEach(below::add));
            counts.put(child.table() + ".nested", (long) below.size());
            count(child.children(), below);
        }
    }

    @SuppressWarnings("unchecked") // we put it there
    private static List<Map<String, Object>> list(Map<String, Object> parent, Child child) {
        return (List<Map<String, Object>>) Objects.requireNonNull(parent.get(child.as()));
    }

    private List<Map<String, Object>> nested(String name, List<Child> children, int keyColumns) {
        List<Map<String, Object>> parents = new ArrayList<>();
        for (Map<String, String> row : table(name)) {
            Map<String, Object> parent = new LinkedHashMap<>();
            for (String column : List.of("rid", "text", "own0", "own1", "of0", "of1")) {
                if (column.charAt(column.length() - 1) != '1' || keyColumns == 2) {
                    parent.put(column, row.getOrDefault(column, ""));
                }
            }
            parents.add(parent);
        }
        for (Child child : children) {
            Map<List<String>, List<Map<String, Object>>> byKey = new LinkedHashMap<>();
            for (Map<String, Object> parent : parents) {
                List<Map<String, Object>> list = new ArrayList<>();
                parent.put(child.as(), list);
                List<String> key = key(parent, child.parentColumns());
                if (!key.isEmpty() && byKey.putIfAbsent(key, list) != null) {
                    wrong.add("DUPLICATE_KEY");
                }
            }
            attach(child, nested(child.table(), child.children(), keyColumns), byKey);
            for (Map<String, Object> parent : parents) {
                int size = list(parent, child).size();
                Integer most = child.atMost();
                if (size < child.atLeast()) {
                    wrong.add("TOO_FEW_CHILDREN");
                }
                if (most != null && size > most) {
                    wrong.add("TOO_MANY_CHILDREN");
                }
            }
        }
        return parents;
    }

    private void attach(
            Child child, List<Map<String, Object>> rows, Map<List<String>, List<Map<String, Object>>> byKey) {
        for (Map<String, Object> row : rows) {
            List<String> key = key(row, child.columns());
            List<Map<String, Object>> parent = byKey.get(key);
            if (parent != null) {
                parent.add(row);
                continue;
            }
            boolean blank = key.isEmpty();
            counts.merge(child.table() + (blank ? ".blank" : ".orphans"), 1L, Long::sum);
            switch (blank ? child.nullKey() : child.orphan()) {
                case REJECT -> wrong.add(blank ? "BLANK_KEY" : "ORPHAN_ROWS");
                case REPORT -> {}
                case UNATTACHED -> {
                    counts.merge(child.table() + ".unattached", 1L, Long::sum);
                    alone.computeIfAbsent(child.table(), table -> new ArrayList<>())
                            .add(row);
                }
            }
        }
    }

    private static List<String> key(Map<String, Object> row, List<String> columns) {
        List<String> key =
                columns.stream().map(column -> (String) row.get(column)).toList();
        return key.stream().anyMatch(String::isBlank) ? List.of() : key;
    }
}
