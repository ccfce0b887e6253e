package io.intake.gateway.files;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Naming;
import io.intake.bucket.Naming.Place;
import io.intake.gateway.protocol.FileAttributes;
import io.intake.gateway.protocol.SftpException;
import io.intake.gateway.protocol.SftpStatus;
import io.intake.gateway.upload.HeldUploads;
import io.intake.gateway.upload.Partial;
import io.intake.gateway.upload.Partials;
import io.intake.gateway.upload.Resumption;
import io.intake.gateway.upload.UnfinishedKeys;
import io.intake.gateway.upload.UploadTarget;
import io.intake.store.AbsentException;
import io.intake.store.AlreadyPresentException;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What lost sessions left of a partner's uploads, shown and gone on with as if they were files. Used by one channel's thread. */
final class UnfinishedFiles {
    private final ObjectStore store;
    private final Partials partials;
    private final Naming naming;
    private final String partner;
    private final UnfinishedKeys keys;
    private final HeldUploads held;
    private final UnfinishedIndex index;

    UnfinishedFiles(ObjectStore store, Partials partials, Naming naming, String partner, InstantSource clock) {
        this.store = store;
        this.partials = partials;
        this.naming = naming;
        this.partner = partner;
        this.keys = new UnfinishedKeys(partials);
        this.held = new HeldUploads(partials, partner);
        this.index = new UnfinishedIndex(store, partials, partner, clock);
    }

    UploadTarget target(Place place, String key) {
        Naming generation = generation(place, key);
        String folder =
                generation.prefix(new Place(partner, place.area(), place.path().parent()));
        return generation
                .finalPlace(place)
                .map(expected -> UploadTarget.temporary(partner, folder, key, generation.key(expected)))
                .orElseGet(() -> UploadTarget.of(partner, folder, key));
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

    /** A file with a temporary name that is whole and waits for its rename. */
    Optional<Partial> held(Place place, String key, Optional<ObjectInfo> object) {
        return held.find(target(place, key), object);
    }

    /** Whether an object is what a held file became. */
    boolean isPublished(Optional<Partial> file, Optional<ObjectInfo> object) {
        return file.isPresent() && object.isPresent() && held.is(file.get(), object.get());
    }

    /**
     * Publishes a file that waits for its rename.
     *
     * @param key of its final name
     * @param replace whether an object that is there is replaced
     */
    void publish(Partial file, String key, boolean replace) throws SftpException {
        try {
            held.publish(file, key, replace);
        } catch (AlreadyPresentException e) {
            throw key.equals(file.target().partsKey())
                    ? SftpException.failure("a file has that name")
                    : SftpException.failure(
                            "while there is a file of the name that the temporary one stands for, this one"
                                    + " can be renamed to that name only");
        } catch (AbsentException e) {
            throw new SftpException(
                    SftpStatus.FAILURE, "the rename was done already, or the file was dropped meanwhile", e);
        }
    }

    /** Whether a file may have an unfinished upload, as was seen a moment ago. */
    boolean mayExist(Place place, String key) {
        return place.area() == Naming.Area.INBOUND && index.mayExist(target(place, key));
    }

    /** Whether anything may be stored under a folder's prefix, which may be that of its files with temporary names. */
    boolean mayHold(String prefix) {
        return !prefix.startsWith(BucketLayout.UPLOADS) || index.mayHoldTemporary();
    }

    /** This session has left something unfinished, or dropped it. */
    void changed() {
        index.forget();
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
    Resumption resume(Optional<Partial> partial, Optional<ObjectInfo> object) throws SftpException {
        if (partial.isPresent()) {
            return new Resumption.Unfinished(partials.claim(partial.get(), object)
                    .orElseThrow(() -> SftpException.failure("another session goes on with this file")));
        }
        return object.filter(stored -> stored.size() > 0)
                .map(Resumption.Stored::new)
                .orElse(null);
    }

    /** Forgets what is there of a file, whether out of date or not; false if nothing that counts is. */
    boolean drop(Place place, String key, Optional<ObjectInfo> object) {
        Optional<Partial> partial = find(place, key, object);
        partial.ifPresent(partials::drop);
        forget(place, key, object);
        return partial.isPresent();
    }

    /** The object of a file is gone from its name: what was out of date because of it must not count again. */
    void forget(Place place, String key, Optional<ObjectInfo> gone) {
        if (place.area() == Naming.Area.INBOUND) {
            partials.forget(target(place, key), gone);
        }
    }

    /**
     * A folder's unfinished files, each with its durable size.
     *
     * @param prefixes the folder's by one naming, as {@link Naming#prefixes} gives them
     */
    List<PrefixCursor.Item> list(Place folder, List<String> prefixes) {
        String recordPrefix = UploadTarget.recordPrefix(partner, prefixes.getFirst());
        if (folder.area() != Naming.Area.INBOUND
                || prefixes.stream().noneMatch(prefix -> index.mayExist(recordPrefix, prefix))) {
            return List.of();
        }
        List<PrefixCursor.Item> items = new ArrayList<>();
        for (String key : keys.keys(recordPrefix, prefixes)) {
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
