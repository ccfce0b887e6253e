package io.intake.processors.stitch;

import java.util.List;

/**
 * The rows of one delimited file, one after another, whatever its dialect: what stands behind reading sees no engine. A row's
 * values can be asked for until the next one. Not thread-safe.
 */
interface RowSource extends AutoCloseable {
    /**
     * Goes to the next row.
     *
     * @return false at the end of the file
     * @throws io.intake.processors.job.RefusedException if it cannot be read for certain
     */
    boolean next();

    /** The row's number in its file, from 1, without the header line; before the first row 0. */
    long rows();

    /** Where the row begins in its file, in bytes; less than 0 where its charset does not let us tell. */
    long offset();

    /** The names of the file's columns, in its order; empty for one that is left out. */
    List<String> names();

    /** The row's value in a column of the file, from 0. */
    String value(int column);

    /** Appends the row as JSON. */
    void write(NdjsonBuffer target);

    @Override
    void close();
}
