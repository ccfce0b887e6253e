package io.intake.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How tables are nested by key into one record per row of the root table. No table is named twice, so there are no circles.
 * Columns go by the names that their tables give them, and are required there.
 *
 * @param root the table whose rows become the records
 * @param children what each of its rows is given, at least one
 */
public record Join(String root, List<Child> children) {
    public Join {
        children = List.copyOf(children);
    }

    /**
     * A table whose rows are nested in those of another.
     *
     * @param table its name
     * @param on the columns that must be equal, at least one pair, in the order of the parent's names
     * @param as the name of the list in the parent's row
     * @param orphan what becomes of a row whose key no row of the parent has
     * @param nullKey what becomes of a row whose key is blank in one of its columns
     * @param atLeast fewest rows that a parent's row may have
     * @param atMost most rows that a parent's row may have; null for any number
     * @param children what each of its rows is given in turn
     */
    public record Child(
            String table,
            List<On> on,
            String as,
            Unmatched orphan,
            Unmatched nullKey,
            int atLeast,
            @Nullable Integer atMost,
            List<Child> children) {
        public Child {
            on = List.copyOf(on);
            children = List.copyOf(children);
        }

        /** Of the parent's columns. */
        public List<String> parentColumns() {
            return on.stream().map(On::parent).toList();
        }

        /** Of the table's own columns, in the order of the parent's that they must equal. */
        public List<String> columns() {
            return on.stream().map(On::child).toList();
        }
    }

    /**
     * Two columns that must be equal, byte for byte.
     *
     * @param parent the parent's column
     * @param child the child's column
     */
    public record On(String parent, String child) {}

    /** What becomes of a row that no parent's row takes. */
    public enum Unmatched {
        /** The whole file is refused. */
        REJECT,
        /** It is left out, and counted in the job's record and the receipt. */
        REPORT,
        /** It is delivered by itself, as a record of its own table, and counted. */
        UNATTACHED;

        /** The word in the configuration. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Optional<Unmatched> of(String id) {
            return Stream.of(values()).filter(each -> each.id().equals(id)).findFirst();
        }
    }
}
