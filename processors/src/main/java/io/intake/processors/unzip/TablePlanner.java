package io.intake.processors.unzip;

import io.intake.config.Feed;
import io.intake.config.FileDelivery;
import io.intake.config.Table;
import io.intake.config.UnknownMember;
import io.intake.processors.job.RefusedException;
import io.intake.processors.plan.Plan.TablePlan;
import io.intake.processors.unzip.ArchiveRules.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the table of each file, and the order of a table's files. What becomes of files that have none the feed says. Pure. */
final class TablePlanner {
    private static final Pattern DELIMITED = Pattern.compile("(?is)(.*/)?[^/]+\\.(csv|txt|tsv|psv|dat)");

    private TablePlanner() {}

    /**
     * The files that have a table.
     *
     * @throws RefusedException if some have none and the feed does not allow that, or none has one
     */
    static List<Item> known(List<Item> files, Feed feed) {
        if (feed.files() != null) {
            return files;
        }
        List<Pattern> patterns = feed.tables().isEmpty()
                ? List.of(DELIMITED)
                : feed.tables().stream()
                        .map(table -> Pattern.compile(table.match()))
                        .toList();
        List<Item> known = new ArrayList<>();
        List<Item> unknown = new ArrayList<>();
        for (Item file : files) {
            boolean fits = patterns.stream()
                    .anyMatch(pattern -> pattern.matcher(file.path()).matches());
            (fits ? known : unknown).add(file);
        }
        if (known.isEmpty() || feed.unknownMember() == UnknownMember.QUARANTINE) {
            requireNone(unknown);
        }
        return known;
    }

    /**
     * The tables in the order of delivery; what has none is left out.
     *
     * @param files in physical order; a file's place in the list is its number in the plan
     * @throws RefusedException if a required table has no file, or parts are double or missing
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
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            if (DELIMITED.matcher(files.get(i).path()).matches()) {
                numbers.add(i);
            }
        }
        List<String> names = TableNames.of(
                numbers.stream().map(number -> files.get(number).path()).toList());
        List<TablePlan> tables = new ArrayList<>();
        for (int i = 0; i < numbers.size(); i++) {
            tables.add(new TablePlan(i, names.get(i), List.of(numbers.get(i)), feed.format(), List.of()));
        }
        return tables;
    }

    private static List<TablePlan> feedTables(List<Item> files, Feed feed) {
        List<TableFiles> found = new ArrayList<>();
        for (Table table : feed.tables()) {
            found.add(new TableFiles(table, Pattern.compile(table.match()), found.size() + 1, new ArrayList<>()));
        }
        for (int i = 0; i < files.size(); i++) {
            take(found, i, files.get(i));
        }
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
    private static void take(List<TableFiles> tables, int entry, Item file) {
        for (TableFiles table : tables) {
            Matcher match = table.pattern().matcher(file.path());
            if (match.matches()) {
                table.parts().add(new Part(entry, file, match));
                return;
            }
        }
    }

    private static void requireNone(List<Item> unknown) {
        if (!unknown.isEmpty()) {
            throw Refusals.unknownMember(unknown.size(), unknown.getFirst().member());
        }
    }
}
