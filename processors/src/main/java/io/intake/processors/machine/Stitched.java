package io.intake.processors.machine;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.config.Controls.RejectLimit;
import io.intake.config.Feed;
import io.intake.processors.Json;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.job.Reading;
import io.intake.processors.join.Deliveries;
import io.intake.processors.plan.Plan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the stitch stage came to: every row that was read is taken or rejected. Pure.
 *
 * @param rows taken, by table
 * @param read rows in the files
 * @param rejected rows that were rejected one by one
 * @param left rows that a join left out, to be reported
 * @param differing the number of a table whose rows do not add up, from 1; 0 if there is none
 * @param joined what a join counted
 * @param readings how the files of each table were read, by table
 * @param readByTable rows in the files of each table, by its number
 */
record Stitched(
        TreeMap<String, Long> rows,
        long read,
        long rejected,
        long left,
        int differing,
        SortedMap<String, Long> joined,
        TreeMap<String, List<Reading>> readings,
        TreeMap<Integer, Long> readByTable) {
    /** The names of a join's counts of rows that are left out end so. */
    private static final String REPORTED = ".reported";

    static Stitched of(Plan plan, Collection<JsonNode> results, SortedMap<String, Long> joined) {
        TreeMap<String, Long> rows = new TreeMap<>();
        TreeMap<String, List<Reading>> readings = new TreeMap<>();
        TreeMap<Integer, Long> readByTable = new TreeMap<>();
        long allRead = 0;
        long allRejected = 0;
        int differing = 0;
        for (JsonNode result : results) {
            for (JsonNode table : result.path("tables")) {
                int number = table.path("number").intValue();
                long written = table.path("rows").longValue();
                long rejected = table.path("rejected").longValue();
                // An earlier version did not say how many it read
                long read = table.path("read").asLong(written + rejected);
                rows.put(plan.tables().get(number).name(), written);
                List<Reading> found = new ArrayList<>();
                for (JsonNode reading : table.path("readings")) {
                    found.add(Json.mapper().convertValue(reading, Reading.class));
                }
                readings.put(plan.tables().get(number).name(), found);
                readByTable.put(number, read);
                allRead += read;
                allRejected += rejected;
                differing = read == written + rejected ? differing : number + 1;
            }
        }
        long left = joined.entrySet().stream()
                .filter(count -> count.getKey().endsWith(REPORTED))
                .mapToLong(Map.Entry::getValue)
                .sum();
        return new Stitched(rows, allRead, allRejected, left, differing, joined, readings, readByTable);
    }

    /** All rows that go to the rejects file. */
    long rejects() {
        return rejected + left;
    }

    /** Rows taken in all. */
    long total() {
        return rows.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The job with all that was counted. */
    Job counted(Job job) {
        Job counted = job.withTables(rows)
                .withReadings(readings)
                .withCount("read", read)
                .withCount("rows", total())
                .withCount("rejected", rejects());
        for (var count : joined.entrySet()) {
            counted = counted.withCount(count.getKey(), count.getValue());
        }
        return counted;
    }

    /**
     * The first reason not to go on.
     *
     * @param written how many rows the rejects file holds
     */
    Optional<Failure> refusal(Feed feed, long written) {
        if (differing > 0) {
            return Optional.of(differ("table " + differing + " has more or fewer rows than were read"));
        }
        if (written != rejects()) {
            return Optional.of(
                    differ("the rejects file has " + written + " rows where " + rejects() + " were rejected"));
        }
        RejectLimit limit = feed.controls().maxRejects();
        return limit != null && limit.exceeded(read, rejects())
                ? Optional.of(Failure.badData(
                        "TOO_MANY_REJECTS",
                        "Of " + read + " rows " + rejects() + " are not as agreed, which is more than the feed allows.",
                        "Correct the rows that the rejects file lists, and send the file again."))
                : Optional.empty();
    }

    /**
     * Whether files hold as many rows as a list says.
     *
     * @param listed lots of tables, by number, with the rows of each; of no tables for all
     */
    Optional<Failure> unlisted(JsonNode listed) {
        for (JsonNode lot : listed) {
            long there = 0;
            int first = 0;
            for (JsonNode table : lot.path("tables")) {
                there += readByTable.getOrDefault(table.intValue(), 0L);
                first = first == 0 ? table.intValue() + 1 : first;
            }
            boolean all = first == 0;
            long found = all ? read : there;
            long said = lot.path("rows").longValue();
            if (found != said) {
                String what = all ? "The file has " : "The files of table " + first + " have ";
                return Optional.of(Failure.badData(
                        "MANIFEST_ROWS_DIFFER",
                        what + found + " rows, not " + said + ", as the list of files says.",
                        "Send what is missing, or a list that fits; rows are counted without header lines."));
            }
        }
        return Optional.empty();
    }

    /**
     * Whether all that was to be delivered was, or was refused record by record.
     *
     * @param job with its counts, {@code delivered} among them
     */
    static Optional<Failure> undelivered(Job job, Plan plan) {
        long expected = Deliveries.expected(job, plan);
        long delivered = job.counts().getOrDefault("delivered", -1L);
        long refused = job.counts().getOrDefault("refused", 0L);
        return expected == delivered + refused
                ? Optional.empty()
                : Optional.of(differ(delivered + " records were delivered and " + refused
                        + " refused by the engine where there are " + expected));
    }

    private static Failure differ(String what) {
        return Failure.broken(
                "COUNTS_DIFFER",
                "Not every row of the file is accounted for: " + what + ".",
                "Nothing to do on your side: our engineers are informed and the file is kept.");
    }
}
