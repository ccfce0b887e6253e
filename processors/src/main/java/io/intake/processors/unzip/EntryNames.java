package io.intake.processors.unzip;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What an entry's name means. A name is data: it never becomes a key or a path of ours. Pure. */
final class EntryNames {
    /** Longer names are refused; it also bounds what a feed's regular expressions have to look at. */
    static final int MAX_LENGTH = 1_024;

    private static final Set<String> JUNK = Set.of(".ds_store", "thumbs.db", "desktop.ini");

    private EntryNames() {}

    /**
     * The text of a name that is not marked as UTF-8. Many tools write UTF-8 without saying so; the rest write the code page
     * of the PC, of which the specification (APPNOTE D.1) names 437. Every byte has a character there, so that names that
     * differ in bytes differ as text.
     */
    static String decode(byte[] raw) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(raw))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            return new String(raw, legacy());
        }
    }

    private static Charset legacy() {
        return Charset.isSupported("IBM437") ? Charset.forName("IBM437") : StandardCharsets.ISO_8859_1;
    }

    /**
     * The path that a feed's patterns are matched against: segments joined by slashes, without {@code .} and empty ones.
     * Backslashes are separators, because some tools of Windows write them.
     *
     * @return empty if the name is absolute, leads upwards, holds control characters or is too long; an empty path for the
     *     archive's own folder
     */
    static Optional<String> path(String name) {
        String unified = name.replace('\\', '/');
        boolean drive = unified.length() >= 2 && unified.charAt(1) == ':' && Character.isLetter(unified.charAt(0));
        if (unified.length() > MAX_LENGTH
                || unified.startsWith("/")
                || drive
                || unified.chars().anyMatch(Character::isISOControl)) {
            return Optional.empty();
        }
        List<String> segments = new ArrayList<>();
        for (String segment : unified.split("/", -1)) {
            if (segment.isEmpty() || segment.equals(".")) {
                continue;
            }
            if (climbs(segment)) {
                return Optional.empty();
            }
            segments.add(segment);
        }
        return Optional.of(String.join("/", segments));
    }

    /** Windows drops dots and spaces at a name's end, so that {@code ".. "} climbs there as {@code ".."} does everywhere. */
    private static boolean climbs(String segment) {
        return segment.chars().allMatch(c -> c == '.' || c == ' ');
    }

    /** Whether a path is what operating systems leave in archives unasked. */
    static boolean junk(String path) {
        return ("/" + path).contains("/__MACOSX/")
                || JUNK.contains(fileName(path).toLowerCase(Locale.ROOT));
    }

    /** The last segment. */
    static String fileName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
