package io.intake.bucket;

import java.util.Optional;

/**
 * The one reversible mapping between a partner's path and a key. {@code /inbound/a/b} is under {@code inbound/{partner}/},
 * {@code /outbound/a/b} under {@code outbound/{partner}/}. Pure and thread-safe.
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

    /** The prefix, with a slash at its end, of all keys in a folder. */
    String prefix(Place folder);

    /** The place of a key that {@link #key} made; empty for any other key. */
    Optional<Place> place(String key);
}
