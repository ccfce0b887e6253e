package io.intake.processors.plan;

import io.intake.config.ColumnRules;
import io.intake.config.Format;
import io.intake.config.Quality;
import io.intake.config.Table.Column;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What an archive holds and what will be done with it; kept at {@code jobs/{job}/plan.json}.
 *
 * @param entries the entries that will be extracted, numbered from 0 in the archive's physical order
 * @param ignored how many entries are junk or folders
 * @param segments units of unzip work: runs of entries, by number; segment {@code i} is unzip task {@code i + 1}
 * @param tables in the order of delivery, numbered from 0
 * @param groups units of stitch work: runs of tables, by number; group {@code i} is stitch task {@code i + 1}
 * @param archive where the archive is, if it was wrapped into something; null where the upload is the archive
 * @param unknown how many files belong to no table and are left out
 * @param before how many unzip tasks were done when it was made: segment {@code i} is unzip task {@code before + i + 1}
 */
public record Plan(
        List<Entry> entries,
        int ignored,
        List<Run> segments,
        List<TablePlan> tables,
        List<Run> groups,
        @Nullable Archive archive,
        int unknown,
        int before) {
    public Plan {
        entries = List.copyOf(entries);
        segments = List.copyOf(segments);
        tables = List.copyOf(tables);
        groups = List.copyOf(groups);
    }

    /** A plan that leaves nothing out but junk. */
    public Plan(
            List<Entry> entries,
            int ignored,
            List<Run> segments,
            List<TablePlan> tables,
            List<Run> groups,
            @Nullable Archive archive) {
        this(entries, ignored, segments, tables, groups, archive, 0, 0);
    }

    /** The plan of an upload that is the archive itself, or a plain file. */
    public Plan(List<Entry> entries, int ignored, List<Run> segments, List<TablePlan> tables, List<Run> groups) {
        this(entries, ignored, segments, tables, groups, null);
    }

    /**
     * An archive that was wrapped.
     *
     * @param key in the bucket
     * @param etag every read is pinned to it
     * @param size in bytes
     */
    public record Archive(String key, String etag, long size) {}

    /** The plan with its archive at another place. */
    public Plan of(@Nullable Archive place) {
        return new Plan(entries, ignored, segments, tables, groups, place, unknown, before);
    }

    /** The plan with so many files left out. */
    public Plan without(int files) {
        return new Plan(entries, ignored, segments, tables, groups, archive, files, before);
    }

    /** The plan with so many tasks done. */
    public Plan after(int tasks) {
        return new Plan(entries, ignored, segments, tables, groups, archive, unknown, tasks);
    }

    /** The plan without segments: for the task that makes it, which extracts its entries too. */
    public Plan solo() {
        return new Plan(entries, ignored, List.of(), tables, groups, archive, unknown, before);
    }

    /**
     * An entry of the archive as its central directory describes it.
     *
     * @param number its place in the plan; its object is named by it
     * @param name as in the archive: data, never a key or a path, and not for logs
     * @param compressedSize in bytes
     * @param size in bytes, after inflating
     * @param crc32 of the inflated bytes, unsigned
     */
    public record Entry(int number, String name, long compressedSize, long size, long crc32) {}

    /** The plan with other names of entries and tables: as it is kept, or as it is worked by. */
    public Plan renamed(UnaryOperator<String> change) {
        List<Entry> otherEntries = entries.stream()
                .map(entry -> new Entry(
                        entry.number(),
                        change.apply(entry.name()),
                        entry.compressedSize(),
                        entry.size(),
                        entry.crc32()))
                .toList();
        List<TablePlan> otherTables = tables.stream()
                .map(table -> new TablePlan(
                        table.number(),
                        change.apply(table.name()),
                        table.entries(),
                        table.format(),
                        table.columns(),
                        table.rules(),
                        table.quality()))
                .toList();
        return new Plan(otherEntries, ignored, segments, otherTables, groups, archive, unknown, before);
    }

    /** A run of numbers: from the first to before the last. */
    public record Run(int from, int to) {}

    /**
     * A table and the entries it is made of.
     *
     * @param number its place in the plan; its object is named by it
     * @param name as the engine gets it; can be a file's name, so not for logs
     * @param entries by number, in the order in which they are appended
     * @param format how the entries are written
     * @param columns what the feed says of its columns
     * @param rules how the entries' columns are brought together
     * @param quality what is asked of its rows
     */
    public record TablePlan(
            int number,
            String name,
            List<Integer> entries,
            Format format,
            List<Column> columns,
            ColumnRules rules,
            Quality quality) {
        public TablePlan {
            entries = List.copyOf(entries);
            columns = List.copyOf(columns);
            rules = Objects.requireNonNullElse(rules, ColumnRules.DEFAULT);
            quality = Objects.requireNonNullElse(quality, Quality.DEFAULT);
        }

        /** A table of whose rows nothing further is asked. */
        public TablePlan(
                int number,
                String name,
                List<Integer> entries,
                Format format,
                List<Column> columns,
                ColumnRules rules) {
            this(number, name, entries, format, columns, rules, Quality.DEFAULT);
        }

        /** A table whose columns are brought together as they are where a feed says nothing. */
        public TablePlan(int number, String name, List<Integer> entries, Format format, List<Column> columns) {
            this(number, name, entries, format, columns, ColumnRules.DEFAULT);
        }
    }
}
