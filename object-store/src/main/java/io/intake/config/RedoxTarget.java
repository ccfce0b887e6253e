package io.intake.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Redox, spoken to in its JSON data models, a message for each record.
 *
 * @param url of its interface, without the path
 * @param uploads where files are sent
 * @param access how we say who we are
 * @param dataModel Meta.DataModel; null where templates say it
 * @param eventType Meta.EventType; null where templates say it
 * @param source Meta.Source.ID; null where the key has one source only
 * @param destinations Meta.Destinations' ids, at least one
 * @param test Meta.Test
 */
public record RedoxTarget(
        URI url,
        URI uploads,
        HttpAccess access,
        @Nullable String dataModel,
        @Nullable String eventType,
        @Nullable String source,
        List<String> destinations,
        boolean test)
        implements Target {
    /** The longest body of a message. */
    public static final long MESSAGE = 40_000_000;

    /** The longest file. */
    public static final long UPLOAD = 30_000_000;

    private static final Limits LIMITS = new Limits(new Limits.Rate(7_500, Duration.ofMinutes(5)), 0);

    public RedoxTarget {
        destinations = List.copyOf(destinations);
    }

    /** What Redox allows an address. */
    @Override
    public Limits limits() {
        return LIMITS;
    }

    @Override
    public boolean requestPerRecord() {
        return true;
    }

    /** Without address and access, which may be secrets. */
    @Override
    public String toString() {
        return "RedoxTarget[]";
    }
}
