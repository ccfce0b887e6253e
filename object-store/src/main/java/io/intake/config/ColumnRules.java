package io.intake.config;

/**
 * How the columns of a table's files are brought together.
 *
 * @param names how header lines are compared with names and aliases, and with one another
 * @param missing what becomes of a row whose file lacks a column
 * @param extra what becomes of a column that is not expected
 */
public record ColumnRules(Names names, Missing missing, Extra extra) {
    /** As it is where a feed says nothing. */
    public static final ColumnRules DEFAULT = new ColumnRules(Names.IGNORE_CASE, Missing.ABSENT, Extra.KEEP);

    /** How names are compared; blanks around them never count. */
    public enum Names {
        /** {@code MRN} is {@code Mrn}. */
        IGNORE_CASE,
        /** It is not. */
        EXACT
    }

    /** For a column that the feed lists without requiring it, or that the table's first file has. */
    public enum Missing {
        /** Records lack it. */
        ABSENT,
        /** Records have it, and it is empty. */
        EMPTY,
        /** The file is refused. */
        REFUSE
    }

    /** For a column that the feed does not list; if the feed lists none, that the table's first file does not have. */
    public enum Extra {
        /** Records have it. */
        KEEP,
        /** Records lack it. */
        DROP,
        /** The file is refused. */
        REFUSE
    }
}
