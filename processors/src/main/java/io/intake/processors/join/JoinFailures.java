package io.intake.processors.join;

import io.intake.processors.job.Failure;
import io.intake.processors.job.RefusedException;

/** Why tables cannot be joined, in words for their sender. Positions in the feed and counts only. */
final class JoinFailures {
    private JoinFailures() {}

    static Failure duplicateKeys(int table, long rows) {
        return Failure.badData(
                "DUPLICATE_KEY",
                "In table " + table + " of the feed, " + rows
                        + " rows have a key that an earlier row has: which of them"
                        + " the rows of other tables belong to cannot be told.",
                "Send each row of the table under a key of its own.");
    }

    static Failure sharedKeys(int table, long rows) {
        return Failure.badData(
                "DUPLICATE_KEY",
                "In table " + table + " of the file, " + rows + " rows or more have a key that an earlier row has.",
                "Send each row of the table under a key of its own.");
    }

    static Failure orphans(int table, int parent, long rows) {
        return Failure.badData(
                "ORPHAN_ROWS",
                "In table " + table + " of the feed, " + rows + " rows have a key that no row of table " + parent
                        + " has.",
                "Send the rows that they belong to in the same file, or agree on what shall become of such rows.");
    }

    static Failure blankKeys(int table, long rows) {
        return Failure.badData(
                "BLANK_KEY",
                "In table " + table + " of the feed, " + rows + " rows have a blank key.",
                "Fill in the key of each row, or agree on what shall become of such rows.");
    }

    static Failure tooMany(int table, int parent, long rows, int most) {
        return Failure.badData(
                "TOO_MANY_CHILDREN",
                rows + " rows of table " + parent + " of the feed have more than " + most + " rows of table " + table
                        + ".",
                "Check the keys of both tables.");
    }

    static Failure tooFew(int table, int parent, long rows, int least) {
        return Failure.badData(
                "TOO_FEW_CHILDREN",
                rows + " rows of table " + parent + " of the feed have fewer than " + least + " rows of table " + table
                        + ".",
                "Check the keys of both tables, and that all of their rows are sent.");
    }

    static RefusedException recordTooLarge(int most) {
        return RefusedException.badData(
                "RECORD_TOO_LARGE",
                "A row with all rows that belong to it makes a record of more than " + most + " bytes.",
                "Check the keys: too many rows have the same one. Send documents as files of their own.");
    }

    static RefusedException columnClash(int parent) {
        return RefusedException.broken(
                "COLUMN_CLASH",
                "Table " + parent + " of the feed has a column that is named as the list of rows nested in it.",
                "Give the list another name in the feed, then send the file again.");
    }

    static Failure countsDiffer(int table, long read, long accounted) {
        return Failure.broken(
                "JOIN_COUNTS_DIFFER",
                "Table " + table + " of the feed has " + read + " rows, but " + accounted + " are accounted for.",
                "Nothing to do on your side: our engineers are informed and the file is kept.");
    }

    static RefusedException outputConflict() {
        return RefusedException.broken(
                "OUTPUT_CONFLICT",
                "An object of the join exists already and is not what this job writes.",
                "Find out who writes under the job's prefix, then replay the job.");
    }
}
