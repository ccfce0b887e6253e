package io.intake.bucket;

import io.intake.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Keys that read as the partner's paths: {@code inbound/st-marys/daily/x.zip}. For the local run. */
public final class NaturalNaming implements Naming {
    private final TemporaryNames temporary;

    /** With the default temporary names. */
    public NaturalNaming() {
        this(TemporaryNames.DEFAULT);
    }

    public NaturalNaming(TemporaryNames temporary) {
        this.temporary = temporary;
    }

    @Override
    public String key(Place place) {
        if (place.path().isRoot()) {
            throw new IllegalArgumentException("a folder of the root is no file");
        }
        return key(isTemporary(place) ? unfinished(place) : start(place), place.path());
    }

    @Override
    public String prefix(Place folder) {
        return folder.path().isRoot() ? start(folder) : key(start(folder), folder.path()) + "/";
    }

    @Override
    public List<String> prefixes(Place folder) {
        String first = prefix(folder);
        if (folder.area() != Area.INBOUND) {
            return List.of(first);
        }
        String start = unfinished(folder);
        return List.of(first, folder.path().isRoot() ? start : key(start, folder.path()) + "/");
    }

    @Override
    public boolean isTemporary(Place place) {
        return place.area() == Area.INBOUND && temporary.matches(place.path().name());
    }

    @Override
    public Optional<Place> finalPlace(Place place) {
        return place.area() == Area.INBOUND
                ? temporary
                        .finalName(place.path().name())
                        .map(name -> new Place(
                                place.partner(),
                                place.area(),
                                place.path().parent().child(name)))
                : Optional.empty();
    }

    @Override
    public Optional<Place> place(String key) {
        return parse(key).filter(place -> isTemporary(place) == isUnfinished(key));
    }

    @Override
    public Optional<Place> folder(String prefix) {
        if (!prefix.endsWith("/")) {
            return Optional.empty();
        }
        String key = prefix.substring(0, prefix.length() - 1);
        Optional<Place> root =
                parse(prefix + "x").filter(place -> place.path().segments().size() == 1);
        return root.isPresent()
                ? root.map(place -> new Place(place.partner(), place.area(), PartnerPath.ROOT))
                : parse(key);
    }

    private static Optional<Place> parse(String key) {
        boolean unfinished = isUnfinished(key);
        String[] parts = key.split("/", unfinished ? 4 : 3);
        if (parts.length < (unfinished ? 4 : 3) || parts[1].isEmpty()) {
            return Optional.empty();
        }
        String area = unfinished ? parts[2] : parts[0];
        for (Area candidate : Area.values()) {
            if (candidate.folder().equals(area)) {
                return path(parts[parts.length - 1])
                        .map(path -> new Place(parts[1], candidate, path))
                        .filter(place -> !unfinished || place.area() == Area.INBOUND);
            }
        }
        return Optional.empty();
    }

    private static boolean isUnfinished(String key) {
        return key.startsWith(BucketLayout.UPLOADS);
    }

    private static String key(String start, PartnerPath path) {
        String key = start + String.join("/", path.segments());
        int bytes = key.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > ObjectStore.Limits.MAX_KEY_BYTES) {
            throw new IllegalArgumentException("the path is too long: " + bytes + " bytes as a key, "
                    + ObjectStore.Limits.MAX_KEY_BYTES + " are allowed");
        }
        return key;
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

    private static String unfinished(Place place) {
        return BucketLayout.UPLOADS + place.partner() + "/" + place.area().folder() + "/";
    }
}
