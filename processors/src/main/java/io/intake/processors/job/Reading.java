package io.intake.processors.job;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a number of files were read: what was declared or found, once per file. Holds no name of a column, which may be a
 * patient's.
 *
 * @param files how many were read so
 * @param delimiter null for fixed width
 * @param quote null where quotes are data
 * @param charset UTF-8 where there was nothing but ASCII
 * @param missing how many columns each lacks that the feed lists or that earlier files had
 * @param extra how many each has that are not expected
 */
public record Reading(
        int files, @Nullable String delimiter, @Nullable Character quote, String charset, int missing, int extra) {
    /** More ways than a table's files are written in; others are counted with the last one's. */
    private static final int MOST = 32;

    private boolean sameAs(Reading other) {
        return equals(new Reading(files, other.delimiter, other.quote, other.charset, other.missing, other.extra));
    }

    /** With one more file. Those read in the same way are counted together. */
    public static List<Reading> with(List<Reading> readings, Reading one) {
        List<Reading> all = new ArrayList<>(readings);
        for (int i = 0; i < all.size(); i++) {
            Reading each = all.get(i);
            if (each.sameAs(one) || i == MOST - 1) {
                all.set(
                        i,
                        new Reading(
                                each.files + one.files,
                                each.delimiter,
                                each.quote,
                                each.charset,
                                each.missing,
                                each.extra));
                return all;
            }
        }
        all.add(one);
        return all;
    }
}
