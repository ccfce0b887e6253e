package io.intake.bucket;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * The names that clients give a file while they are still writing it. A file with such a name raises no event; the rename
 * to its final name does. Pure and thread-safe.
 *
 * @param suffixes in lower case, each starting with a dot; compared without regard to case
 */
public record TemporaryNames(Set<String> suffixes) {
    /** WinSCP ({@code .filepart}), browsers and many scripts ({@code .part}, {@code .partial}, {@code .tmp}). */
    public static final TemporaryNames DEFAULT = new TemporaryNames(Set.of(".filepart", ".part", ".tmp", ".partial"));

    /** Every name is final. */
    public static final TemporaryNames NONE = new TemporaryNames(Set.of());

    public TemporaryNames {
        TreeSet<String> lower = new TreeSet<>();
        for (String suffix : suffixes) {
            if (suffix.length() < 2 || suffix.charAt(0) != '.' || suffix.indexOf('/') >= 0) {
                throw new IllegalArgumentException("a temporary suffix is a dot and at least one more character");
            }
            lower.add(suffix.toLowerCase(Locale.ROOT));
        }
        suffixes = Set.copyOf(lower);
    }

    /** Whether a file of this name is still being written. */
    public boolean matches(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return suffixes.stream().anyMatch(lower::endsWith);
    }
}
