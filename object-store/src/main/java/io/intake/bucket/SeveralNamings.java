package io.intake.bucket;

import java.util.List;
import java.util.Optional;

/**
 * A naming that took the place of others, whose files are still found: while a name key is rotated, or natural names become
 * encrypted ones. New files are named by the first.
 */
public final class SeveralNamings implements Naming {
    private final List<Naming> generations;

    /** @param generations the one for new files first; natural naming, which reads any key as a name, last but there */
    public SeveralNamings(List<Naming> generations) {
        if (generations.isEmpty()) {
            throw new IllegalArgumentException("at least one naming is needed");
        }
        this.generations = List.copyOf(generations);
    }

    @Override
    public String key(Place place) {
        return generations.getFirst().key(place);
    }

    @Override
    public String prefix(Place folder) {
        return generations.getFirst().prefix(folder);
    }

    @Override
    public List<String> prefixes(Place folder) {
        return generations.getFirst().prefixes(folder);
    }

    @Override
    public boolean isTemporary(Place place) {
        return generations.getFirst().isTemporary(place);
    }

    @Override
    public Optional<Place> finalPlace(Place place) {
        return generations.getFirst().finalPlace(place);
    }

    @Override
    public Optional<Place> place(String key) {
        return mostTelling().flatMap(naming -> naming.place(key).stream()).findFirst();
    }

    @Override
    public Optional<Place> folder(String prefix) {
        return mostTelling().flatMap(naming -> naming.folder(prefix).stream()).findFirst();
    }

    @Override
    public List<Naming> generations() {
        return generations;
    }

    /** Encrypted names prove themselves; whatever does not is a natural one. */
    private java.util.stream.Stream<Naming> mostTelling() {
        return java.util.stream.Stream.concat(
                generations.stream().filter(naming -> !(naming instanceof NaturalNaming)),
                generations.stream().filter(NaturalNaming.class::isInstance));
    }
}
