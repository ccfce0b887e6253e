package io.intake.processors.ready;

import io.intake.config.Feed;
import io.intake.processors.job.Failure;

/** What files that are not ready wait for, in words for their sender. Counts only. */
final class Reasons {
    static final String NOT_RENAMED = "NOT_RENAMED";
    static final String DIFFERS = "MANIFEST_DIFFERS";

    private Reasons() {}

    /** What a file waits for that has just come. */
    static Failure first(Feed feed) {
        return switch (feed.ready().rule()) {
            case RENAME -> notRenamed();
            case MARKER -> notMarked();
            case MANIFEST -> notListed();
            case STABLE -> notStable();
            case CLOSE -> throw new IllegalArgumentException("files of feed " + feed.id() + " wait for nothing");
        };
    }

    static Failure notRenamed() {
        return Failure.badData(
                NOT_RENAMED,
                "The file was put under its own name, and counts as whole only if it is renamed to it.",
                "Put it again under a temporary name, such as its own with .part behind it, and rename it when it is whole.");
    }

    static Failure notMarked() {
        return Failure.badData(
                "NOT_MARKED",
                "The file that says that this one is whole has not come.",
                "Put that file into the same folder: its name is this one's with the agreed ending behind it.");
    }

    static Failure notListed() {
        return Failure.badData(
                "NOT_LISTED",
                "No list of files has come that names this one.",
                "Put the list of files into the same folder.");
    }

    static Failure differs(long bytes, long listed) {
        return Failure.badData(
                DIFFERS,
                "The file has %d bytes, not %d, as the list of files says.".formatted(bytes, listed),
                "Put the file again, or a list that fits.");
    }

    static Failure notStable() {
        return Failure.badData(
                "NOT_STABLE",
                "The file was put not long ago, or is being put again, and goes on when that is over.",
                "Nothing to do. If an upload of it was broken off, go on with it or delete it.");
    }

    /** What a marker or a list waits for. */
    static Failure alone(boolean list, int missing) {
        return list
                ? Failure.badData(
                        "LISTED_MISSING",
                        "%d of the files that the list names have not come.".formatted(missing),
                        "Put them into the same folder, or a list without them.")
                : Failure.badData(
                        "MARKER_ALONE",
                        "The file that this one says to be whole has not come.",
                        "Put it into the same folder, or delete this one.");
    }

    static Failure done(boolean list) {
        return list
                ? Failure.badData("MANIFEST", "It is a list; all files that it names are ready.", "Nothing to do.")
                : Failure.badData("MARKER", "It says that another file is ready, and that one is.", "Nothing to do.");
    }

    /** A marker of a file that was ready without it. */
    static Failure unused() {
        return Failure.badData(
                "MARKER_UNUSED", "The file that this one says to be whole was taken without it.", "Nothing to do.");
    }

    static Failure superseded() {
        return Failure.badData(
                "SUPERSEDED",
                "The file was put again under the same name before it was ready; the later one counts.",
                "Nothing to do, if that was meant.");
    }

    static Failure withdrawn() {
        return Failure.badData(
                "WITHDRAWN",
                "The file was deleted or renamed before it was ready.",
                "Nothing to do, if that was meant.");
    }
}
