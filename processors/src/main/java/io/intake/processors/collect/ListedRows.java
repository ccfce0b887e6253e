package io.intake.processors.collect;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.intake.processors.plan.Plan;
import io.intake.processors.plan.Plan.TablePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How many rows a list says that tables have. It says so of files, and rows are counted by table: tables and the files that
 * they are made of are taken together until no file is in two lots. Usually a lot is one table. Pure.
 *
 * @param tables by number in the plan; empty for all of them
 * @param rows that their files hold together; null where the list does not say so of each of them
 */
record ListedRows(TreeSet<Integer> tables, @Nullable Long rows) {
    /** The name in a task's result. */
    static final String NAME = "listedRows";

    /**
     * The lots of a set.
     *
     * @param plan of the set, whose segments are the files
     * @param byFile what the list says, in the order of the files
     */
    static List<ListedRows> of(Plan plan, List<@Nullable Long> byFile) {
        List<ListedRows> lots = new ArrayList<>();
        for (int file = 0; file < byFile.size(); file++) {
            TreeSet<Integer> tables = tables(plan, plan.segments().get(file));
            if (tables.isEmpty()) {
                continue;
            }
            Long rows = byFile.get(file);
            List<ListedRows> others = new ArrayList<>();
            for (ListedRows lot : lots) {
                if (lot.tables.stream().noneMatch(tables::contains)) {
                    others.add(lot);
                } else {
                    tables.addAll(lot.tables);
                    rows = rows == null || lot.rows == null ? null : Long.valueOf(rows + lot.rows);
                }
            }
            others.add(new ListedRows(tables, rows));
            lots = others;
        }
        return lots;
    }

    private static TreeSet<Integer> tables(Plan plan, Plan.Run file) {
        TreeSet<Integer> tables = new TreeSet<>();
        for (TablePlan table : plan.tables()) {
            if (table.entries().stream().anyMatch(entry -> entry >= file.from() && entry < file.to())) {
                tables.add(table.number());
            }
        }
        return tables;
    }

    /** Puts lots into a task's result; those of which nothing is said are left out. */
    static ObjectNode into(ObjectNode result, List<ListedRows> lots) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (ListedRows lot : lots) {
            if (lot.rows != null) {
                ObjectNode one = all.addObject();
                lot.tables.forEach(one.putArray("tables")::add);
                one.put("rows", lot.rows);
            }
        }
        result.set(NAME, all);
        return result;
    }
}
