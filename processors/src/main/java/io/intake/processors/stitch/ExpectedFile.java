package io.intake.processors.stitch;

import io.intake.config.Format;
import java.util.List;

/**
 * What is known of a file before it is opened.
 *
 * @param file its number in the archive, from 1, for refusals
 * @param known the names that the table's earlier files gave
 * @param first the names of the first file's columns in its order, for files without a header line of their own; empty
 *     if this is the first one
 * @param maxRecord the longest record, in bytes of UTF-8
 */
record ExpectedFile(
        int file, Format format, HeaderMatcher matcher, List<String> known, List<String> first, long maxRecord) {

    /** Whether the file begins with a line of names. */
    boolean hasHeaderLine() {
        return format.header().isEmpty()
                && format.layout().fixed().isEmpty()
                && !(format.layout().headerOnce() && !first.isEmpty());
    }
}
