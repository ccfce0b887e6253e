package io.intake.processors.quality;

/**
 * What is wrong with a row.
 *
 * @param column the feed's name of the column; empty where the row as a whole is meant. For the partner's own file only
 * @param position of the column in the feed's list, from 1; 0 where the row as a whole is meant
 * @param code stable, upper case: what a partner can look up
 */
public record RowProblem(String column, int position, String code) {
    /** It has more or fewer fields than the file has columns. */
    public static final String RAGGED_ROW = "RAGGED_ROW";
    /** An earlier row has the same key. */
    public static final String DUPLICATE_KEY = "DUPLICATE_KEY";
    /** No row of the table that it belongs to has its key. */
    public static final String ORPHAN_ROW = "ORPHAN_ROW";
    /** The key by which it belongs to another row is blank. */
    public static final String BLANK_KEY = "BLANK_KEY";
}
