package io.intake.bucket;

import io.intake.bucket.Naming.Area;
import io.intake.bucket.Naming.Place;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names that clients give a file while they are still writing it. A file with such a name raises no event; the rename
 * to its final name does. Pure and thread-safe.
 *
 * @param suffixes in lower case, each starting with a dot; compared without regard to case. One that ends with an asterisk is
 *     a prefix
 */
public record TemporaryNames(Set<String> suffixes) {
    /**
     * WinSCP ({@code .filepart}), rclone ({@code .partial}), lftp with {@code xfer:use-temp-file} ({@code .in.*}), browsers and
     * many scripts ({@code .part}, {@code .tmp}).
     */
    public static final TemporaryNames DEFAULT =
            new TemporaryNames(Set.of(".filepart", ".part", ".tmp", ".partial", ".in.*"));

    /** Every name is final. */
    public static final TemporaryNames NONE = new TemporaryNames(Set.of());

    /** rclone puts eight hexadecimal digits before its suffix (operations/copy.go, since 1.64). */
    private static final Pattern RCLONE = Pattern.compile("(.+)\\.[0-9a-f]{8}\\.partial", Pattern.DOTALL);

    private static final String ANY = "*";

    public TemporaryNames {
        TreeSet<String> lower = new TreeSet<>();
        for (String suffix : suffixes) {
            boolean asterisk = suffix.indexOf(ANY) >= 0 && suffix.indexOf(ANY) < suffix.length() - 1;
            if (suffix.length() < 2
                    || suffix.charAt(0) != '.'
                    || suffix.indexOf('/') >= 0
                    || asterisk
                    || suffix.equals(".*")) {
                throw new IllegalArgumentException("a temporary suffix is a dot and at least one more character");
            }
            lower.add(suffix.toLowerCase(Locale.ROOT));
        }
        suffixes = Set.copyOf(lower);
    }

    /** Whether a file of this name is still being written. */
    public boolean matches(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return suffixes.stream().anyMatch(suffix -> matches(lower, suffix));
    }

    /** Whether a file is still being written, as its place says: in the inbound area alone. */
    boolean matches(Place place) {
        return place.area() == Area.INBOUND && matches(place.path().name());
    }

    private static boolean matches(String lower, String suffix) {
        return suffix.endsWith(ANY)
                ? lower.startsWith(suffix.substring(0, suffix.length() - 1))
                : lower.endsWith(suffix);
    }

    /**
     * The name that a file with a temporary one will most likely be renamed to: the name without what makes it temporary.
     *
     * @return empty if the name is not temporary, or nothing is left of it, or what is left is temporary too
     */
    public Optional<String> finalName(String name) {
        if (!matches(name)) {
            return Optional.empty();
        }
        Matcher rclone = RCLONE.matcher(name);
        String rest = rclone.matches() ? rclone.group(1) : strip(name);
        return Optional.of(rest)
                .filter(left -> !left.isEmpty() && !left.equals(".") && !left.equals("..") && !matches(left));
    }

    /** The place that such a file will most likely be renamed to; empty as {@link #finalName}, and in any other area. */
    Optional<Place> finalPlace(Place place) {
        return place.area() == Area.INBOUND
                ? finalName(place.path().name())
                        .map(name -> new Place(
                                place.partner(),
                                place.area(),
                                place.path().parent().child(name)))
                : Optional.empty();
    }

    private String strip(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        // the longest, so that of .part and .x.part the more telling one counts
        String longest = suffixes.stream()
                .filter(suffix -> matches(lower, suffix))
                .max(java.util.Comparator.comparingInt(String::length)
                        .thenComparing(java.util.Comparator.naturalOrder()))
                .orElseThrow();
        return longest.endsWith(ANY)
                ? name.substring(longest.length() - 1)
                : name.substring(0, name.length() - longest.length());
    }
}
