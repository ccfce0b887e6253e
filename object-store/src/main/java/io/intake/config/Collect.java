package io.intake.config;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How files that arrive over time are collected into a set, which is then worked on as one file.
 *
 * @param by the named groups of the feed's {@code match} that tell one set from another; empty where there is one set after
 *     another
 * @param parts the files that a set is made of; may be empty
 * @param count how many files with data make a set complete; 0 where that does not matter
 * @param marker what the path of a file without data matches whose arrival says that all are there; null for none
 * @param withinSeconds how long after its first file a set is waited for
 * @param overdue what becomes of a set that is not complete by then
 * @param manifest the file that lists the others; null for none
 */
public record Collect(
        List<String> by,
        List<Part> parts,
        int count,
        @Nullable String marker,
        long withinSeconds,
        Overdue overdue,
        @Nullable Manifest manifest) {
    public Collect {
        by = List.copyOf(by);
        parts = List.copyOf(parts);
    }

    /** A set of whose files there is no list. */
    public Collect(
            List<String> by,
            List<Part> parts,
            int count,
            @Nullable String marker,
            long withinSeconds,
            Overdue overdue) {
        this(by, parts, count, marker, withinSeconds, overdue, null);
    }

    /** Whether a file lists the others. */
    public boolean isManifest(String path) {
        return manifest != null && Patterns.of(manifest.match()).matcher(path).matches();
    }

    /**
     * One of the files of a set.
     *
     * @param name for people
     * @param match what the path of the file matches as a whole
     * @param required whether the set cannot do without it
     */
    public record Part(String name, String match, boolean required) {}

    /** What to do when the time is up. */
    public enum Overdue {
        /** Wait on, and page somebody. */
        WAIT,
        /** Work on what is there. */
        GO_ON,
        /** Refuse what is there. */
        QUARANTINE
    }

    /** Whether a file only says that the set is complete. */
    public boolean isMarker(String path) {
        return marker != null && Patterns.of(marker).matcher(path).matches();
    }

    /** The part that a file is; empty if it is none of them. */
    public Optional<Part> part(String path) {
        return parts.stream()
                .filter(part -> Patterns.of(part.match()).matcher(path).matches())
                .findFirst();
    }
}
