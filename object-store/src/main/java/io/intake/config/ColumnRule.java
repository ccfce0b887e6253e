package io.intake.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a column's values must be. A value that is blank (nothing, or only white space) is held to {@code filled} alone.
 *
 * @param filled whether it must not be blank
 * @param type what the text must stand for
 * @param format how a date or timestamp is written, as {@link java.time.format.DateTimeFormatter} has it; null for ISO 8601
 * @param pattern what the value must match as a whole; null for anything
 * @param minLength in characters (code points)
 * @param maxLength in characters; null for no limit
 * @param values the only ones allowed; empty for any
 * @param min lowest, itself allowed: a number, or a date or timestamp written as the column is; null for none
 * @param max highest, itself allowed; null for none
 */
public record ColumnRule(
        boolean filled,
        Type type,
        @Nullable String format,
        @Nullable String pattern,
        int minLength,
        @Nullable Integer maxLength,
        List<String> values,
        @Nullable String min,
        @Nullable String max) {
    public ColumnRule {
        values = List.copyOf(values);
    }

    /** What a text can stand for. */
    public enum Type {
        TEXT,
        /** A whole number, with a sign or without. */
        INTEGER,
        /** A number with a point, with an exponent or without. */
        DECIMAL,
        /** true, false, yes, no, t, f, y, n, 1 or 0, in any case. */
        BOOLEAN,
        /** A day. */
        DATE,
        /** A day and a time, with an offset from UTC or without. */
        TIMESTAMP
    }
}
