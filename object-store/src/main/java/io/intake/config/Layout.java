package io.intake.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a delimited file has beside delimiters and quotes, or instead of them. All of it absent is the usual case.
 *
 * @param detectQuote whether the quote is found from the file's head; the format's own is then that of a file that shows none
 * @param escape the character before one that is data; null where there is none
 * @param comment what lines begin with that are left out; null where there are none
 * @param headerOnce whether only a table's first file has a header line, the others going on where it ends
 * @param leader a regular expression that the first line matches, which is no row; null where there is none
 * @param trailer the same for the last line
 * @param fixed the columns of files of fixed width; empty where columns are delimited
 */
public record Layout(
        boolean detectQuote,
        @Nullable Character escape,
        @Nullable String comment,
        boolean headerOnce,
        @Nullable String leader,
        @Nullable String trailer,
        List<FixedColumn> fixed) {
    /** The group of {@code leader} and {@code trailer} that holds the number of rows. */
    public static final String ROWS = "rows";

    /** Nothing of the sort. */
    public static final Layout PLAIN = new Layout(false, null, null, false, null, null, List.of());

    public Layout {
        fixed = List.copyOf(fixed);
    }

    /**
     * A column of fixed width.
     *
     * @param name as in a header line
     * @param from the place of its first character in the line, from 1
     * @param length in characters (code points), 1 or more
     */
    public record FixedColumn(String name, int from, int length) {}
}
