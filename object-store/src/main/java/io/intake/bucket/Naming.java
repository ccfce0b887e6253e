package io.intake.bucket;

import java.util.List;
import java.util.Optional;

/**
 * The one reversible mapping between a partner's path and a key. {@code /inbound/a/b} is under {@code inbound/{partner}/},
 * {@code /outbound/a/b} under {@code outbound/{partner}/}. Pure and thread-safe.
 *
 * <p>A file in the inbound area whose name is temporary ({@link TemporaryNames}) is kept under {@code
 * uploads/{partner}/inbound/} instead, where it raises no event: S3's notifications can tell prefixes apart but cannot
 * leave suffixes out. So a folder of that area has two prefixes, and what is in it is what is under either.
 */
public interface Naming {

    /** The two folders of a partner's root. */
    enum Area {
        INBOUND("inbound"),
        OUTBOUND("outbound");

        private final String folder;

        Area(String folder) {
            this.folder = folder;
        }

        /** Its name in the partner's root, and the first segment of its keys. */
        public String folder() {
            return folder;
        }
    }

    /**
     * A file's place.
     *
     * @param partner whose
     * @param area which folder of the root
     * @param path below that folder; the root for the folder itself
     */
    record Place(String partner, Area area, PartnerPath path) {}

    /**
     * The key of a file.
     *
     * @throws IllegalArgumentException if the path is the root, or the key would be longer than S3 allows
     */
    String key(Place place);

    /** The prefix, with a slash at its end, of the keys of a folder's files with final names; the key of its marker. */
    String prefix(Place folder);

    /** All prefixes under which a folder's files are, {@link #prefix} first. */
    List<String> prefixes(Place folder);

    /** Whether a file there is kept where it raises no event until it is renamed. */
    boolean isTemporary(Place place);

    /**
     * The place that a file with a temporary name will most likely be renamed to, in the same folder; empty where that cannot
     * be told.
     */
    default Optional<Place> finalPlace(Place temporary) {
        return Optional.empty();
    }

    /** The place of a key that {@link #key} made; empty for any other key. */
    Optional<Place> place(String key);

    /** The place of a folder whose prefix one of {@link #prefixes} is; empty for any other text. */
    Optional<Place> folder(String prefix);

    /**
     * All namings by which files of the bucket are named, each alone, the one for new files first. One, unless a naming
     * took the place of another ({@link SeveralNamings}).
     */
    default List<Naming> generations() {
        return List.of(this);
    }
}
