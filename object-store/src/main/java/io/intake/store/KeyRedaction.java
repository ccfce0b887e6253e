package io.intake.store;

/**
 * Cuts from a key what a partner chose, because file names carry patients' names (DESIGN section 8). Keys of the prefixes
 * that partners write hold such names from their third segment on; other keys are made by us and hold ids only.
 */
public final class KeyRedaction {
    private KeyRedaction() {}

    /** The key, or its first two segments where the rest may name a patient. */
    public static String redact(String key) {
        boolean ours = key.startsWith("jobs/")
                || key.startsWith("tasks/")
                || key.startsWith("aws/lambda/async/")
                || key.startsWith("quarantine/")
                || key.startsWith("config/");
        if (ours) {
            return key;
        }
        int first = key.indexOf('/');
        int second = first < 0 ? -1 : key.indexOf('/', first + 1);
        return second < 0
                ? (first < 0 ? "..." : key.substring(0, first + 1) + "...")
                : key.substring(0, second + 1) + "...";
    }
}
