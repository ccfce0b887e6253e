package io.intake.gateway.files;

import java.util.HashSet;
import java.util.Set;

/**
 * Tells which entries of a folder's former names are hidden by current ones, so that a listing tells each once. Remembers a
 * few thousand names; in a larger folder it asks. Not thread-safe.
 */
final class Shadowed {
    private static final int MOST = 4_096;

    private final Set<String> names = new HashSet<>();
    private final Asked asked;
    private boolean forgets;

    /** Whether the folder has a file or folder of a name by one of the namings before the one at an index. */
    interface Asked {
        boolean isNewer(String name, int older);
    }

    Shadowed(Asked asked) {
        this.asked = asked;
    }

    void told(String name) {
        if (names.size() < MOST) {
            names.add(name);
        } else {
            forgets = true;
        }
    }

    /** @param generation the index of the naming that it was found by, 0 for the current one */
    boolean hides(String name, int generation) {
        return generation > 0 && (names.contains(name) || (forgets && asked.isNewer(name, generation)));
    }
}
