package io.intake.processors.hold;

import io.intake.config.Controls.Measure;
import io.intake.processors.job.Failure;

/** Why files are held, or refused after all, in words for their sender. Counts only. */
public final class HoldReasons {
    private static final String WAIT =
            "Nothing to do if the file is as you meant it: we look at it, and go on with it or tell you.";

    private static final String PAUSED = "FEED_PAUSED";

    private HoldReasons() {}

    /** A file is smaller than usual. */
    public static Failure shrunk(Measure measure, long size, long usual) {
        String what = measure == Measure.ROWS ? "rows" : "bytes";
        return Failure.badData(
                "SHRUNK",
                "The file has %d %s where about %d are usual.".formatted(size, what, usual),
                WAIT + " If it was cut short, send the whole file.");
    }

    /** A file was sent before. */
    public static Failure sameBytes() {
        return Failure.badData("SAME_BYTES", "The same bytes were sent before.", WAIT);
    }

    /** The feed is paused. */
    public static Failure paused() {
        return Failure.badData(
                PAUSED,
                "Files of this kind are kept and not passed on for the time being.",
                "Nothing to do: it goes on by itself.");
    }

    /** Whether a file that is held waits for nobody's decision. */
    public static boolean isPaused(Failure reason) {
        return reason.code().equals(PAUSED);
    }

    /** Files in an archive belong to no table. */
    public static Failure unknownMembers(long count) {
        return Failure.badData(
                "UNKNOWN_MEMBER",
                count + (count == 1 ? " file" : " files") + " of the archive belong to no table of the feed.",
                WAIT);
    }

    /** A file's number is not the next of its feed. */
    static Failure sequenceGap(long number, long last) {
        return Failure.badData(
                "SEQUENCE_GAP",
                "The file has number %d where the last was %d.".formatted(number, last),
                "Send the files between them if there are any. " + WAIT);
    }

    /** A file's number was that of another. */
    static Failure sequenceRepeated(long number) {
        return Failure.badData("SEQUENCE_REPEATED", "Another file had number %d.".formatted(number), WAIT);
    }

    /** What should be a file's number is none. */
    static Failure sequenceUnreadable() {
        return Failure.badData("SEQUENCE_UNREADABLE", "The file has no number in its name.", WAIT);
    }

    /** An operator refused the file. */
    public static Failure rejected(String code) {
        return Failure.badData(
                "HELD_REJECTED",
                "The file was held (" + code + "), looked at by us, and is not processed.",
                "Send a corrected file, or ask us.");
    }
}
