package io.intake.gateway.files;

import io.intake.bucket.Naming;
import io.intake.bucket.Naming.Place;
import io.intake.gateway.protocol.FileAttributes;
import io.intake.gateway.protocol.SftpException;
import io.intake.gateway.upload.Partial;
import io.intake.gateway.upload.Partials;
import io.intake.gateway.upload.Resumption;
import io.intake.gateway.upload.UploadTarget;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What lost sessions left of a partner's uploads, shown and gone on with as if they were files. Thread-safe. */
final class UnfinishedFiles {
    private final ObjectStore store;
    private final Partials partials;
    private final Naming naming;
    private final String partner;

    UnfinishedFiles(ObjectStore store, Partials partials, Naming naming, String partner) {
        this.store = store;
        this.partials = partials;
        this.naming = naming;
        this.partner = partner;
    }

    UploadTarget target(Place place, String key) {
        Place folder = new Place(partner, place.area(), place.path().parent());
        return UploadTarget.of(partner, generation(place, key).prefix(folder), key);
    }

    /** The naming that gives a file that key. */
    private Naming generation(Place place, String key) {
        List<Naming> generations = naming.generations();
        if (generations.size() > 1) {
            for (Naming generation : generations) {
                if (generation.place(key).filter(place::equals).isPresent()) {
                    return generation;
                }
            }
        }
        return generations.getFirst();
    }

    /** The unfinished upload of a file; empty in the area that is not written to. */
    Optional<Partial> find(Place place, String key, Optional<ObjectInfo> object) {
        return place.area() == Naming.Area.INBOUND ? partials.find(target(place, key), object) : Optional.empty();
    }

    /**
     * What a file that is opened without being truncated goes on from; null if there is nothing of it.
     *
     * @throws SftpException if another session has just taken it
     */
    @Nullable
    Resumption resume(Place place, String key, Optional<ObjectInfo> object) throws SftpException {
        Optional<Partial> partial = find(place, key, object);
        if (partial.isPresent()) {
            return new Resumption.Unfinished(partials.claim(partial.get(), object)
                    .orElseThrow(() -> SftpException.failure("another session goes on with this file")));
        }
        return object.filter(stored -> stored.size() > 0)
                .map(Resumption.Stored::new)
                .orElse(null);
    }

    /** Forgets what is there of a file; false if nothing is. */
    boolean drop(Place place, String key, Optional<ObjectInfo> object) {
        Optional<Partial> partial = find(place, key, object);
        partial.ifPresent(partials::drop);
        return partial.isPresent();
    }

    /**
     * A folder's unfinished files, each with its durable size.
     *
     * @param prefixes the folder's by one naming, as {@link Naming#prefixes} gives them
     */
    List<PrefixCursor.Item> list(Place folder, List<String> prefixes) {
        if (folder.area() != Naming.Area.INBOUND) {
            return List.of();
        }
        List<PrefixCursor.Item> items = new ArrayList<>();
        for (String key : partials.keys(UploadTarget.recordPrefix(partner, prefixes.getFirst()), prefixes)) {
            String prefix =
                    prefixes.stream().filter(key::startsWith).findFirst().orElse("");
            naming.place(key)
                    .flatMap(place -> find(place, key, store.head(key))
                            .map(partial -> new PrefixCursor.Item(
                                    key.substring(prefix.length()),
                                    place.path().name(),
                                    FileAttributes.file(partial.size(), partial.time()))))
                    .ifPresent(items::add);
        }
        items.sort(null);
        return items;
    }
}
