package io.intake.config;

import org.jspecify.annotations.Nullable;

/**
 * A file that lists the files of a set.
 *
 * @param match what its path matches as a whole
 * @param style how it is written
 * @param name the column of files' names, of a list with columns
 * @param bytes the column of their sizes; null where there is none
 * @param md5 the column of their MD5 in hex; null where there is none
 * @param sha256 the column of their SHA-256 in hex; null where there is none
 * @param rows the column of how many rows they hold; null where there is none
 */
public record Manifest(
        String match,
        Style style,
        String name,
        @Nullable String bytes,
        @Nullable String md5,
        @Nullable String sha256,
        @Nullable String rows) {

    /** A list that does not say how many rows files hold. */
    public Manifest(
            String match,
            Style style,
            String name,
            @Nullable String bytes,
            @Nullable String md5,
            @Nullable String sha256) {
        this(match, style, name, bytes, md5, sha256, null);
    }

    /** How a manifest is written. */
    public enum Style {
        /** One name in a line. */
        NAMES,
        /** A header line, then fields between commas, tabs, semicolons or pipes. */
        COLUMNS,
        /** As md5sum and sha256sum write: digest, blank, blank or asterisk, name. */
        SUMS
    }
}
