package io.intake.config;

import java.util.List;

/**
 * What a feed asks of a table's rows as a whole.
 *
 * @param badRows what becomes of a row that is not as agreed
 * @param empty whether the table may have no rows
 * @param key the columns whose values, together, no two rows may share; empty for none
 */
public record Quality(BadRows badRows, Empty empty, List<String> key) {
    /** Any bad row refuses the file; a table may have no rows, but not lack its header line. */
    public static final Quality DEFAULT = new Quality(BadRows.REFUSE, Empty.HEADER, List.of());

    public Quality {
        key = List.copyOf(key);
    }

    /** What becomes of a row that is not as agreed. */
    public enum BadRows {
        /** The whole file is refused. */
        REFUSE,
        /** The row goes to the rejects file; the others go on. */
        REJECT
    }

    /** What becomes of a table without rows. */
    public enum Empty {
        /** A file must have its header line; rows it may lack. */
        HEADER,
        /** A file may even be of no bytes at all. */
        OK,
        /** The file is refused. */
        REFUSE
    }
}
