package io.intake.processors.status;

import io.intake.processors.job.JobState;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which files somebody looks for. Ids only: a file's name in an address would be in histories and access logs. Pure.
 *
 * @param day of upload, UTC
 * @param partner null for all
 * @param feed null for all
 * @param state null for all
 */
public record Search(
        LocalDate day,
        @Nullable String partner,
        @Nullable String feed,
        @Nullable JobState state) {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    /**
     * Reads what a form gave.
     *
     * @param values by the fields' names; absent, or blank, for all
     * @param today where no day is given
     * @param problems gets a sentence for each field that cannot be used, which then counts as not given
     */
    static Search read(Map<String, String> values, LocalDate today, List<String> problems) {
        return new Search(
                day(values.get("day"), today, problems),
                id(values.get("partner"), "The partner", problems),
                id(values.get("feed"), "The feed", problems),
                state(values.get("state"), problems));
    }

    /** An id, or null. */
    static @Nullable String id(@Nullable String value, String what, List<String> problems) {
        if (value == null || value.isBlank()) {
            return null;
        }
        String stripped = value.strip();
        if (!ID.matcher(stripped).matches()) {
            problems.add(what + " is not an id: letters, digits, and . _ - only.");
            return null;
        }
        return stripped;
    }

    private static LocalDate day(@Nullable String value, LocalDate today, List<String> problems) {
        if (value == null || value.isBlank()) {
            return today;
        }
        try {
            return LocalDate.parse(value.strip());
        } catch (DateTimeParseException wrong) {
            problems.add("The day is not a date such as 2026-03-04.");
            return today;
        }
    }

    private static @Nullable JobState state(@Nullable String value, List<String> problems) {
        if (value == null || value.isBlank()) {
            return null;
        }
        try {
            return JobState.valueOf(value.strip().toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException wrong) {
            problems.add("The state is none of those in the list.");
            return null;
        }
    }

    /** The same for a partner. */
    Search ofPartner(@Nullable String other) {
        return new Search(day, other, feed, state);
    }

    Search in(@Nullable JobState other) {
        return new Search(day, partner, feed, other);
    }

    /** As the address of a page: {@code ?day=...}. Ids need no encoding. */
    String query() {
        List<String> fields = new ArrayList<>();
        fields.add("day=" + day);
        if (partner != null) {
            fields.add("partner=" + partner);
        }
        if (feed != null) {
            fields.add("feed=" + feed);
        }
        if (state != null) {
            fields.add("state=" + state);
        }
        return "?" + String.join("&", fields);
    }

    /** Whether all files of the day are meant. */
    boolean isWholeDay() {
        return partner == null && feed == null && state == null;
    }
}
