package io.intake.config;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a feed's files are measured by as a whole before anything is delivered.
 *
 * @param maxRejects most rows that may be rejected; null for any number
 * @param maxShrink how much smaller than usual a file may be; null for any amount
 * @param sameBytes what becomes of a file that was sent before
 * @param sameBytesDays how long a file counts as sent before
 * @param load what a file is of all that the partner has
 * @param sequence how files are numbered; null where they are not
 */
public record Controls(
        @Nullable RejectLimit maxRejects,
        @Nullable Shrink maxShrink,
        SameBytes sameBytes,
        int sameBytesDays,
        Load load,
        @Nullable Sequence sequence) {
    /** Everything goes through. */
    public static final Controls DEFAULT = new Controls(null, null, SameBytes.PROCESS, 30);

    public Controls {
        // Snapshots from before it could be said
        load = Objects.requireNonNullElse(load, Load.FULL);
    }

    /** Of files that are not numbered, each all that there is. */
    public Controls(
            @Nullable RejectLimit maxRejects, @Nullable Shrink maxShrink, SameBytes sameBytes, int sameBytesDays) {
        this(maxRejects, maxShrink, sameBytes, sameBytesDays, Load.FULL, null);
    }

    /** What a file is of all that the partner has. */
    public enum Load {
        /** All of it, so that one file's size can be compared with another's. */
        FULL,
        /** What has changed, which can be any amount. */
        DELTA
    }

    /**
     * How a feed's files are numbered.
     *
     * @param group the named group of the feed's {@code match} that is a file's number
     * @param policy what becomes of a file whose number is not the next
     */
    public record Sequence(String group, OutOfSequence policy) {}

    /** What becomes of a file whose number is not the next. */
    public enum OutOfSequence {
        /** It is processed, and somebody is paged. */
        WARN,
        /** It waits until an operator decides. */
        HOLD
    }

    /**
     * Most rows that may be rejected.
     *
     * @param rows of a whole file; null where a share is given
     * @param perMillion of the rows read; null where a number is given
     */
    public record RejectLimit(@Nullable Long rows, @Nullable Integer perMillion) {
        /** Whether so many rejected rows are too many. */
        public boolean exceeded(long read, long rejected) {
            if (rows != null) {
                return rejected > rows;
            }
            // Both are less than 2^43, so that neither product overflows
            return perMillion != null && rejected * 1_000_000 > read * perMillion;
        }
    }

    /**
     * How much smaller than usual a file may be.
     *
     * @param percent less than usual by more than so many percent is too small
     * @param of what is measured
     * @param files what is usual is the median of so many files of the feed that were delivered last
     */
    public record Shrink(int percent, Measure of, int files) {}

    /** What a file's size is. */
    public enum Measure {
        /** The rows that were taken. */
        ROWS,
        /** The bytes of the upload. */
        BYTES
    }

    /** What becomes of a file that was sent before. */
    public enum SameBytes {
        /** It is processed like any other. */
        PROCESS,
        /** Nothing is done with it; the receipt names the earlier one. */
        SKIP,
        /** It waits until an operator decides. */
        HOLD
    }
}
