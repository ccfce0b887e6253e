package io.intake.bucket;

import io.intake.bucket.Naming.Area;
import io.intake.bucket.Naming.Place;
import io.intake.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What both namings' keys have in common: the area, the partner, and whether the file has its final name. Pure. */
final class KeyForm {
    private KeyForm() {}

    /**
     * A key in its parts.
     *
     * @param unfinished whether it is of a file with a temporary name
     * @param rest behind the partner and its slash; never empty
     */
    record Parsed(Area area, String partner, boolean unfinished, String rest) {}

    /** What the keys of files with final names in an area begin with. */
    static String finished(Place place) {
        return place.area().folder() + "/" + place.partner() + "/";
    }

    /** What the keys of files with temporary names in an area begin with. */
    static String unfinished(Place place) {
        return BucketLayout.UPLOADS + place.partner() + "/" + place.area().folder() + "/";
    }

    /** Empty for a key of neither area. */
    static Optional<Parsed> parse(String key) {
        boolean unfinished = key.startsWith(BucketLayout.UPLOADS);
        int fields = unfinished ? 4 : 3;
        String[] parts = key.split("/", fields);
        if (parts.length < fields || parts[1].isEmpty() || parts[fields - 1].isEmpty()) {
            return Optional.empty();
        }
        String folder = unfinished ? parts[2] : parts[0];
        for (Area area : Area.values()) {
            if (area.folder().equals(folder) && (!unfinished || area == Area.INBOUND)) {
                return Optional.of(new Parsed(area, parts[1], unfinished, parts[fields - 1]));
            }
        }
        return Optional.empty();
    }

    /**
     * The key, if S3 takes it.
     *
     * @throws IllegalArgumentException if it is too long; tells lengths only
     */
    static String checked(String key) {
        int bytes = key.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > ObjectStore.Limits.MAX_KEY_BYTES) {
            throw new IllegalArgumentException("the path is too long: " + bytes + " bytes as a key, "
                    + ObjectStore.Limits.MAX_KEY_BYTES + " are allowed");
        }
        return key;
    }
}
