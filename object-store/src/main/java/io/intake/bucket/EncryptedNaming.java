package io.intake.bucket;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keys that tell no name: {@code inbound/st-marys/_k1/{folder}/{file}.zip}. Behind the partner stands the id of the key
 * that the names are encrypted with, then each component by itself, encrypted deterministically and bound to its partner.
 * Not to its folder: so a folder's files keep their names when it is renamed, and what is under a folder is under a prefix.
 * A component's last suffix stays readable if it is one of a few well-known ones ({@link KeptSuffixes}).
 *
 * <p>A name of {@code n} bytes takes {@code 4/3 (n + 16)} characters, so of S3's 1,024 bytes two names of 255 bytes can be
 * had, or twelve folders with names of 40.
 */
public final class EncryptedNaming implements Naming {
    private static final String PURPOSE = "intake name 1";

    private final String marker;
    private final NameCipher cipher;
    private final TemporaryNames temporary;

    public EncryptedNaming(NameKeys.Key key, TemporaryNames temporary) {
        this.marker = "_" + key.id() + "/";
        this.cipher = new NameCipher(key.secret(), PURPOSE);
        this.temporary = temporary;
    }

    @Override
    public String key(Place place) {
        if (place.path().isRoot()) {
            throw new IllegalArgumentException("a folder of the root is no file");
        }
        return key(isTemporary(place) ? KeyForm.unfinished(place) : KeyForm.finished(place), place);
    }

    @Override
    public String prefix(Place folder) {
        return prefix(KeyForm.finished(folder), folder);
    }

    @Override
    public List<String> prefixes(Place folder) {
        return folder.area() == Area.INBOUND
                ? List.of(prefix(folder), prefix(KeyForm.unfinished(folder), folder))
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
        return KeyForm.parse(prefix).flatMap(parsed -> {
            if (parsed.rest().equals(marker)) {
                return Optional.of(new Place(parsed.partner(), parsed.area(), PartnerPath.ROOT));
            }
            return KeyForm.parse(prefix.substring(0, prefix.length() - 1)).flatMap(this::place);
        });
    }

    private String prefix(String start, Place folder) {
        return folder.path().isRoot() ? start + marker : key(start, folder) + "/";
    }

    private String key(String start, Place place) {
        StringBuilder key = new StringBuilder(start).append(marker);
        for (String name : place.path().segments()) {
            key.append(cipher.encrypt(place.partner(), name))
                    .append(KeptSuffixes.of(name))
                    .append('/');
        }
        key.setLength(key.length() - 1);
        return KeyForm.checked(key.toString());
    }

    private Optional<Place> place(KeyForm.Parsed parsed) {
        if (!parsed.rest().startsWith(marker)) {
            return Optional.empty();
        }
        List<String> names = new ArrayList<>();
        for (String text : parsed.rest().substring(marker.length()).split("/", -1)) {
            int dot = text.indexOf('.');
            String suffix = dot < 0 ? "" : text.substring(dot);
            Optional<String> name = cipher.decrypt(parsed.partner(), dot < 0 ? text : text.substring(0, dot))
                    .filter(found -> KeptSuffixes.of(found).equals(suffix));
            if (name.isEmpty()) {
                return Optional.empty();
            }
            names.add(name.get());
        }
        try {
            return Optional.of(new Place(parsed.partner(), parsed.area(), new PartnerPath(names)));
        } catch (IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }
}
