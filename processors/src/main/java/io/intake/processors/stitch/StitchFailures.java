package io.intake.processors.stitch;

import io.intake.processors.job.Failure;
import io.intake.processors.job.RefusedException;
import io.intake.processors.quality.RowProblem;
import io.intake.processors.stitch.RecordWindow.RecordTooLongException;
import io.intake.processors.stitch.Records.BadQuotesException;
import io.intake.processors.stitch.StrictDecoder.BadEncodingException;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What can be wrong with a delimited file, in words for its sender. Positions and counts only: a column's name or a value
 * may be a patient's.
 *
 * <p>Files are counted from 1 in the order of the archive, rows from 1 behind the header line.
 */
final class StitchFailures {
    private StitchFailures() {}

    /**
     * What reading a record failed with. It is told by the cause's kind: its message may quote what was read.
     *
     * @throws UncheckedIOException if it is none of the file's faults
     */
    static RefusedException unreadable(IOException cause, int file, long row, String charset, long maxRecord) {
        return switch (cause) {
            case BadEncodingException bad -> badEncoding(file, row, charset, bad.offset());
            case RecordTooLongException ignored -> rowTooLong(file, row, maxRecord);
            case BadQuotesException ignored -> malformedQuotes(file, row);
            default -> throw new UncheckedIOException(cause);
        };
    }

    static RefusedException raggedRow(int file, long row, int fields, int expected) {
        return badData(
                "RAGGED_ROW",
                at(file, row) + " has " + fields + " fields where " + expected + " are expected",
                "give each row as many fields as the file has columns; put a value that holds the delimiter in quotes if"
                        + " quotes are agreed");
    }

    static RefusedException malformedQuotes(int file, long row) {
        return badData(
                "MALFORMED_QUOTES",
                at(file, row) + " opens a quote that is not closed, or has text behind a closing quote",
                "double each quote inside a quoted value, and close each quote that is opened; if quotes are data in this"
                        + " file, have the feed say so");
    }

    static RefusedException badEncoding(int file, long row, String charset, long offset) {
        return badData(
                "BAD_ENCODING",
                at(file, row) + " holds bytes that are not " + charset + ", at byte " + offset + " of the file, from 0",
                "write the file in the agreed character set, or agree on the one it is written in");
    }

    static RefusedException emptyFile(int file) {
        return badData(
                "EMPTY_FILE",
                "file " + file + " of the archive is empty: it has not even a header line",
                "send a header line even where there are no rows");
    }

    static RefusedException duplicateColumn(int file, int first, int second) {
        return badData(
                "DUPLICATE_COLUMN",
                "in file " + file + " of the archive columns " + first + " and " + second
                        + " have the same name, regard to case and aliases left aside",
                "give each column a name of its own");
    }

    static RefusedException missingColumn(int file, int missing, int first) {
        return badData(
                "MISSING_COLUMN",
                "file " + file + " of the archive lacks " + missing + " of the columns that the feed requires, first"
                        + " number " + first + " of the feed's list",
                "send all required columns under their agreed names");
    }

    static RefusedException absentColumns(int file, int absent) {
        return badData(
                "MISSING_COLUMN",
                "file " + file + " of the archive lacks " + absent
                        + " of the columns that the feed lists or that the table's earlier files have",
                "send all columns in each file of the table");
    }

    static RefusedException extraColumns(int file, int extra, int first) {
        return badData(
                "EXTRA_COLUMN",
                "file " + file + " of the archive has " + extra + " columns that are not expected, first its column "
                        + first,
                "send the agreed columns only, or agree on those that are new");
    }

    static RefusedException leaderMissing(int file) {
        return badData(
                "HEADER_RECORD_MISSING",
                "file " + file + " of the archive does not begin with the header record that is agreed",
                "send the file whole, with its header record first");
    }

    static RefusedException trailerMissing(int file) {
        return badData(
                "TRAILER_MISSING",
                "file " + file
                        + " of the archive does not end with the trailer that is agreed: it may have been cut short",
                "send the file whole, with its trailer last");
    }

    static RefusedException noCount(int file) {
        return badData(
                "COUNT_MISMATCH",
                "the header record or the trailer of file " + file
                        + " of the archive holds no number where the count of" + " rows is agreed",
                "write the number of rows, without header line, header record and trailer, in digits");
    }

    static RefusedException countMismatch(int file, long rows, long counted, String where) {
        return badData(
                "COUNT_MISMATCH",
                "file " + file + " of the archive has " + rows + " rows where its " + where + " counts " + counted,
                "send the file whole; count its rows without header line, header record and trailer");
    }

    static RefusedException tooManyColumns(int file, int limit) {
        return badData(
                "TOO_MANY_COLUMNS",
                "file " + file + " of the archive has more than " + limit + " columns",
                "check the line ends and the delimiter of the file");
    }

    static RefusedException rowTooLong(int file, long row, long limit) {
        return badData(
                "ROW_TOO_LONG",
                at(file, row) + " is longer than " + limit + " bytes (as UTF-8)",
                "check that each quote is closed; send documents as files of their own");
    }

    static RefusedException badFormat(int file) {
        return refused(Failure.broken(
                "BAD_FORMAT",
                "the feed's format for file " + file
                        + " of the archive cannot be used: its character set is unknown, or"
                        + " its delimiter and quote contradict each other",
                "correct the feed's format, then replay the job"));
    }

    static RefusedException emptyTable(int table) {
        return badData(
                "EMPTY_TABLE",
                "table " + (table + 1) + " has no rows, which the feed does not allow",
                "send the file again with its rows");
    }

    static RefusedException badRow(int file, long row, RowProblem problem) {
        return badData(
                "BAD_ROW",
                at(file, row) + ", is not as agreed in column " + problem.position() + " of the feed's list: "
                        + problem.code(),
                "correct the row, or agree on having such rows rejected one by one");
    }

    static RefusedException tooManyRejects(int table, long rows) {
        return badData(
                "TOO_MANY_REJECTS",
                "table " + (table + 1) + " has " + rows + " rows or more that are not as agreed",
                "correct what writes the file");
    }

    static RefusedException outputConflict(int table) {
        return refused(Failure.broken(
                "OUTPUT_CONFLICT",
                "the object of table " + (table + 1) + " exists already and is not what this job writes",
                "find out who writes under the job's prefix, then replay the job"));
    }

    static RefusedException tableTooLarge(int table) {
        return refused(Failure.broken(
                "TABLE_TOO_LARGE",
                "table " + (table + 1) + " has more rows than one object of the store can hold",
                "split the table into several in the feed, then replay the job"));
    }

    private static String at(int file, long row) {
        return "file " + file + " of the archive, " + (row == 0 ? "header line" : "row " + row);
    }

    private static RefusedException badData(String code, String sentence, String action) {
        return refused(Failure.badData(code, sentence, action));
    }

    /** Written above as parts of sentences, for people to read as whole ones. */
    private static RefusedException refused(Failure failure) {
        return new RefusedException(
                new Failure(failure.code(), failure.kind(), sentence(failure.sentence()), sentence(failure.action())));
    }

    private static String sentence(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
    }
}
