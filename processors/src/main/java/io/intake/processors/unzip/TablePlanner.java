package io.intake.processors.unzip;

import io.intake.config.Feed;
import io.intake.config.FileDelivery;
import io.intake.config.Table;
import io.intake.processors.job.RefusedException;
import io.intake.processors.plan.Plan.TablePlan;
import io.intake.processors.unzip.ArchiveRules.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the table of each file, and the order of a table's files. Every file has a table, or the archive is refused. Pure. */
final class TablePlanner {
    private static final Pattern DELIMITED = Pattern.compile("(?is)(.*/)?[^/]+\\.(csv|txt|tsv|psv|dat)");

    private TablePlanner() {}

    /**
     * The tables in the order of delivery.
     *
     * @param files in physical order; a file's place in the list is its number in the plan
     * @throws RefusedException if a file fits no table, a required table has none, or parts are double or missing
     */
    static List<TablePlan> tables(List<Item> files, Feed feed) {
        FileDelivery whole = feed.files();
        if (whole != null) {
            requireFit(files, whole.maxBytes());
            return List.of();
        }
        return feed.tables().isEmpty() ? tablePerFile(files, feed) : feedTables(files, feed);
    }

    private static void requireFit(List<Item> files, long most) {
        files.stream()
                .map(Item::member)
                .filter(member -> member.size() > most)
                .findFirst()
                .ifPresent(member -> {
                    throw Refusals.bodyTooLarge(member, most);
                });
    }

    private static List<TablePlan> tablePerFile(List<Item> files, Feed feed) {
        requireNone(files.stream()
                .filter(file -> !DELIMITED.matcher(file.path()).matches())
                .toList());
        List<String> names = TableNames.of(files.stream().map(Item::path).toList());
        List<TablePlan> tables = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            tables.add(new TablePlan(i, names.get(i), List.of(i), feed.format(), List.of()));
        }
        return tables;
    }

    private static List<TablePlan> feedTables(List<Item> files, Feed feed) {
        List<TableFiles> found = new ArrayList<>();
        for (Table table : feed.tables()) {
            found.add(new TableFiles(table, Pattern.compile(table.match()), found.size() + 1, new ArrayList<>()));
        }
        List<Item> unknown = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            if (!take(found, i, files.get(i))) {
                unknown.add(files.get(i));
            }
        }
        requireNone(unknown);
        List<TablePlan> tables = new ArrayList<>();
        for (TableFiles each : found) {
            if (!each.parts().isEmpty()) {
                Table table = each.table();
                tables.add(new TablePlan(
                        tables.size(),
                        table.name(),
                        PartOrder.ordered(each),
                        table.format(),
                        table.columns(),
                        table.rules(),
                        table.quality()));
            } else if (each.table().required()) {
                throw Refusals.missingTable(each.position());
            }
        }
        return tables;
    }

    /**
     * A table and its files.
     *
     * @param position in the feed, from 1
     */
    record TableFiles(Table table, Pattern pattern, int position, List<Part> parts) {}

    /**
     * A file of a table.
     *
     * @param entry its number in the plan
     * @param match of the table's pattern, for its groups
     */
    record Part(int entry, Item file, Matcher match) {}

    /** Gives a file to the first table that takes it. */
    private static boolean take(List<TableFiles> tables, int entry, Item file) {
        for (TableFiles table : tables) {
            Matcher match = table.pattern().matcher(file.path());
            if (match.matches()) {
                return table.parts().add(new Part(entry, file, match));
            }
        }
        return false;
    }

    private static void requireNone(List<Item> unknown) {
        if (!unknown.isEmpty()) {
            throw Refusals.unknownMember(unknown.size(), unknown.getFirst().member());
        }
    }
}
