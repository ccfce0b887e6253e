package io.intake.bucket;

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
        return key(isTemporary(place) ? KeyForm.unfinished(place) : KeyForm.finished(place), place.path());
    }

    @Override
    public String prefix(Place folder) {
        return prefix(KeyForm.finished(folder), folder.path());
    }

    @Override
    public List<String> prefixes(Place folder) {
        return folder.area() == Area.INBOUND
                ? List.of(prefix(folder), prefix(KeyForm.unfinished(folder), folder.path()))
                : List.of(prefix(folder));
    }

    @Override
    public boolean isTemporary(Place place) {
        return temporary.matches(place);
    }

    @Override
    public Optional<Place> finalPlace(Place place) {
        return temporary.finalPlace(place);
    }

    @Override
    public Optional<Place> place(String key) {
        return KeyForm.parse(key)
                .flatMap(parsed -> place(parsed).filter(place -> isTemporary(place) == parsed.unfinished()));
    }

    @Override
    public Optional<Place> folder(String prefix) {
        if (!prefix.endsWith("/")) {
            return Optional.empty();
        }
        Optional<Place> root = KeyForm.parse(prefix + "x")
                .flatMap(NaturalNaming::place)
                .filter(place -> place.path().segments().size() == 1);
        return root.isPresent()
                ? root.map(place -> new Place(place.partner(), place.area(), PartnerPath.ROOT))
                : KeyForm.parse(prefix.substring(0, prefix.length() - 1)).flatMap(NaturalNaming::place);
    }

    private static String prefix(String start, PartnerPath path) {
        return path.isRoot() ? start : key(start, path) + "/";
    }

    private static String key(String start, PartnerPath path) {
        return KeyForm.checked(start + path.relative());
    }

    private static Optional<Place> place(KeyForm.Parsed parsed) {
        try {
            PartnerPath path = new PartnerPath(List.of(parsed.rest().split("/", -1)));
            return Optional.of(new Place(parsed.partner(), parsed.area(), path));
        } catch (IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }
}
