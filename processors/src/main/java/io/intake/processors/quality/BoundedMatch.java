package io.intake.processors.quality;

import io.intake.processors.job.RefusedException;
import java.util.regex.Pattern;

/**
 * Matches a feed's pattern against a value, which an outsider wrote, within bounds: some patterns take time that doubles with
 * each character, or a stack frame for each. Pure.
 */
final class BoundedMatch {
    /** Looks at characters before a match counts as endless: thousands of times what a sensible pattern needs. */
    private static final int LOOKS = 5_000_000;

    private BoundedMatch() {}

    /** @throws RefusedException if the pattern takes too long for the value */
    static boolean matches(Pattern pattern, String value) {
        try {
            return pattern.matcher(new Counted(value, new int[] {LOOKS})).matches();
        } catch (TooCostlyException | StackOverflowError endless) {
            throw RefusedException.broken(
                    "PATTERN_TOO_COSTLY",
                    "A column's pattern in the feed takes too long for a value of this file.",
                    "Write the pattern so that it cannot match the same text in many ways, then replay the job.");
        }
    }

    private static final class TooCostlyException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private record Counted(CharSequence text, int[] looks) implements CharSequence {
        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (--looks[0] < 0) {
                throw new TooCostlyException();
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Counted(text.subSequence(start, end), looks);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
