package io.intake.processors.nest;

import java.util.Locale;
import java.util.regex.Pattern;

/** Which files within an archive are archives: their names say so, for a table that looks like one is still a table. Pure. */
final class ArchiveNames {
    private static final String WRAPPINGS = "gz|gzip|bz2|bzip2|xz|zst|zstd|pgp|gpg|asc";
    private static final Pattern OPENED =
            Pattern.compile("(?s).*[^/\\\\]\\.(zip|tar|tgz|tbz2|txz|tzst|" + WRAPPINGS + ")");
    /** A folder by itself; what is only compressed or encrypted is one file, in the place of its archive. */
    private static final Pattern FOLDER =
            Pattern.compile("(?s).*\\.(zip|tar|tgz|tbz2|txz|tzst)(\\.(" + WRAPPINGS + "))*");

    private ArchiveNames() {}

    /** Whether a file is opened. */
    static boolean opened(String name) {
        return OPENED.matcher(name.toLowerCase(Locale.ROOT)).matches();
    }

    /** What the paths of files within an archive begin with. */
    static String prefix(String path) {
        if (FOLDER.matcher(path.toLowerCase(Locale.ROOT)).matches()) {
            return path + "/";
        }
        return path.substring(0, path.length() - name(path).length());
    }

    /** A path without its folders. */
    static String name(String path) {
        return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
    }
}
