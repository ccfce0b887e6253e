package io.intake.config;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When a file that is here counts as whole. An interrupted upload can look like a finished one, and only the sender knows.
 *
 * @param rule what tells
 * @param marker what is behind a file's name in the name of the file that marks it, of rule MARKER; null of any other
 * @param manifest the list that names files, of rule MANIFEST; null of any other
 * @param quietSeconds how long a file is not put again, of rule STABLE; 0 of any other
 * @param withinSeconds how long is waited for a file that is here to be ready
 */
public record Ready(
        Rule rule, @Nullable String marker, @Nullable Manifest manifest, long quietSeconds, long withinSeconds) {
    /** How long is waited, where a feed does not say. */
    static final long DEFAULT_WITHIN_SECONDS = 24 * 3600;

    /** Each file is whole. */
    public static final Ready CLOSE = new Ready(Rule.CLOSE, null, null, 0, DEFAULT_WITHIN_SECONDS);

    /** What tells that a file is whole. */
    public enum Rule {
        /** The client closed it. */
        CLOSE,
        /** The client renamed it to its name. */
        RENAME,
        /** Another file whose name is its own with something behind it. */
        MARKER,
        /** A list that names it. */
        MANIFEST,
        /** It was not put again for some time. */
        STABLE
    }

    /** The path of the file that a marker is about; empty if the path is no marker's. */
    public Optional<String> markedBy(String path) {
        if (marker == null || !path.endsWith(marker)) {
            return Optional.empty();
        }
        String file = path.substring(0, path.length() - marker.length());
        return file.isEmpty() || file.endsWith("/") ? Optional.empty() : Optional.of(file);
    }

    /** Whether a file is a list that names others. */
    public boolean isManifest(String path) {
        return manifest != null && Patterns.of(manifest.match()).matcher(path).matches();
    }

    /** Whether a list says how many rows files hold. */
    public boolean listsRows() {
        return manifest != null && manifest.rows() != null;
    }

    /** Whether a file only says of others that they are ready. */
    public boolean isNotice(String path) {
        return isManifest(path) || markedBy(path).isPresent();
    }
}
