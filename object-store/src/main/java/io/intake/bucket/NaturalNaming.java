package io.intake.bucket;

import io.intake.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Keys that read as the partner's paths: {@code inbound/st-marys/daily/x.zip}. For the local run. */
public final class NaturalNaming implements Naming {

    @Override
    public String key(Place place) {
        if (place.path().isRoot()) {
            throw new IllegalArgumentException("a folder of the root is no file");
        }
        String key = start(place) + String.join("/", place.path().segments());
        int bytes = key.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > ObjectStore.Limits.MAX_KEY_BYTES) {
            throw new IllegalArgumentException("the path is too long: " + bytes + " bytes as a key, "
                    + ObjectStore.Limits.MAX_KEY_BYTES + " are allowed");
        }
        return key;
    }

    @Override
    public String prefix(Place folder) {
        return folder.path().isRoot() ? start(folder) : key(folder) + "/";
    }

    @Override
    public Optional<Place> place(String key) {
        String[] parts = key.split("/", 3);
        if (parts.length < 3 || parts[1].isEmpty()) {
            return Optional.empty();
        }
        for (Area area : Area.values()) {
            if (area.folder().equals(parts[0])) {
                return path(parts[2]).map(path -> new Place(parts[1], area, path));
            }
        }
        return Optional.empty();
    }

    private static Optional<PartnerPath> path(String rest) {
        try {
            PartnerPath path = new PartnerPath(List.of(rest.split("/", -1)));
            return Optional.of(path);
        } catch (IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }

    private static String start(Place place) {
        return place.area().folder() + "/" + place.partner() + "/";
    }
}
