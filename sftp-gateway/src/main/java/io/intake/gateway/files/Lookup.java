package io.intake.gateway.files;

import io.intake.bucket.Naming;
import io.intake.bucket.Naming.Place;
import io.intake.gateway.protocol.SftpException;
import io.intake.gateway.upload.Partial;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds files under each name that the bucket may have for them: one, unless a name key is being rotated. Then the current
 * name is asked for first, and each former one costs a further request where the file is not found yet. Thread-safe.
 */
final class Lookup {
    private final ObjectStore store;
    private final Naming naming;
    private final UnfinishedFiles unfinished;

    Lookup(ObjectStore store, Naming naming, UnfinishedFiles unfinished) {
        this.store = store;
        this.naming = naming;
        this.unfinished = unfinished;
    }

    /**
     * What there is of a file.
     *
     * @param key under which
     */
    record Found(String key, Optional<ObjectInfo> object, Optional<Partial> partial) {
        boolean exists() {
            return object.isPresent() || partial.isPresent();
        }
    }

    /** The keys that a file may have, the current one first; of a path too long for one naming, those of the others. */
    List<String> keys(Place place) throws SftpException {
        List<String> keys = new ArrayList<>();
        for (Naming generation : naming.generations()) {
            try {
                keys.add(generation.key(place));
            } catch (IllegalArgumentException tooLong) {
                // then no file can have that name there
            }
        }
        if (keys.isEmpty()) {
            throw tooLong();
        }
        return keys;
    }

    /** The key of a new file. */
    String key(Place place) throws SftpException {
        try {
            return naming.key(place);
        } catch (IllegalArgumentException e) {
            throw tooLong();
        }
    }

    /** The prefixes of a folder under all namings. */
    static List<String> allPrefixes(Naming naming, Place folder) throws SftpException {
        List<String> prefixes = new ArrayList<>();
        for (Naming generation : naming.generations()) {
            prefixes.addAll(prefixes(generation, folder));
        }
        if (prefixes.isEmpty()) {
            throw tooLong();
        }
        return prefixes;
    }

    /** A folder's prefixes under one naming; none if they would be too long. */
    static List<String> prefixes(Naming generation, Place folder) {
        try {
            return generation.prefixes(folder);
        } catch (IllegalArgumentException tooLong) {
            return List.of();
        }
    }

    /** The key of a new folder's marker. */
    static String marker(Naming naming, Place folder) throws SftpException {
        try {
            String prefix = naming.prefix(folder);
            // a folder in which there is no room for a name is of no use
            String ignored = naming.key(
                    new Place(folder.partner(), folder.area(), folder.path().child("x")));
            return prefix;
        } catch (IllegalArgumentException e) {
            throw tooLong();
        }
    }

    /** The file's object. */
    Optional<ObjectInfo> head(Place place) throws SftpException {
        for (String key : keys(place)) {
            Optional<ObjectInfo> object = store.head(key);
            if (object.isPresent()) {
                return object;
            }
        }
        return Optional.empty();
    }

    /** The file's object, or what an unfinished upload has left of it. */
    Found find(Place place) throws SftpException {
        return first(place, (key, object) -> unfinished.find(place, key, object));
    }

    /** The same, but believes what was seen of unfinished uploads a moment ago. */
    Found glance(Place place) throws SftpException {
        return first(
                place,
                (key, object) ->
                        unfinished.mayExist(place, key) ? unfinished.find(place, key, object) : Optional.empty());
    }

    /** The file's object, or a file with a temporary name that is whole and waits for its rename. */
    Found whole(Place place) throws SftpException {
        return first(place, (key, object) -> unfinished.held(place, key, object));
    }

    /** Whether a file without an object waits for its rename. */
    boolean isHeld(Place place) throws SftpException {
        for (String key : keys(place)) {
            if (unfinished.held(place, key, Optional.empty()).isPresent()) {
                return true;
            }
        }
        return false;
    }

    private interface Left {
        Optional<Partial> find(String key, Optional<ObjectInfo> object);
    }

    private Found first(Place place, Left left) throws SftpException {
        List<String> keys = keys(place);
        for (String key : keys) {
            Optional<ObjectInfo> object = store.head(key);
            Found found = new Found(key, object, left.find(key, object));
            if (found.exists()) {
                return found;
            }
        }
        return new Found(keys.getFirst(), Optional.empty(), Optional.empty());
    }

    /** Whether the file has an object under another key than that. */
    boolean isElsewhere(Place place, String key) throws SftpException {
        for (String other : keys(place)) {
            if (!other.equals(key) && store.head(other).isPresent()) {
                return true;
            }
        }
        return false;
    }

    /** Whether a file or folder of that name is in a folder by one of the namings before the one at an index. */
    boolean isNewer(Place folder, String name, int older) {
        Place place = new Place(folder.partner(), folder.area(), folder.path().child(name));
        return naming.generations().subList(0, older).stream().anyMatch(generation -> isThere(generation, place));
    }

    private boolean isThere(Naming generation, Place place) {
        List<String> prefixes = prefixes(generation, place);
        return !prefixes.isEmpty()
                && (store.head(generation.key(place)).isPresent() || FolderMarkers.isFolder(store, prefixes));
    }

    /**
     * Deletes what a file has under other keys than the one that it was just stored under, the oldest first. A failure leaves
     * an object that the current one hides.
     */
    void dropOthers(Place place, String stored) throws SftpException {
        for (String key : keys(place).reversed()) {
            if (!key.equals(stored)) {
                try {
                    delete(place, key, store.head(key));
                } catch (StoreException left) {
                    // hidden, and moved out of the way by the re-keying command
                }
            }
        }
    }

    /**
     * Deletes a file under all its keys: the current one last, so that a crash in between brings nothing old to light.
     *
     * @return whether there was anything
     */
    Removed remove(Place place) throws SftpException {
        Removed removed = new Removed(false, null);
        for (String key : keys(place).reversed()) {
            Optional<ObjectInfo> object = store.head(key);
            boolean found = delete(place, key, object);
            removed = new Removed(
                    removed.anything() || found, object.map(ObjectInfo::size).orElse(removed.bytes()));
        }
        return removed;
    }

    /**
     * What was there to be removed.
     *
     * @param bytes the file's size; null if only an unfinished upload was dropped
     */
    record Removed(boolean anything, @Nullable Long bytes) {}

    private boolean delete(Place place, String key, Optional<ObjectInfo> object) {
        boolean dropped = unfinished.drop(place, key, object);
        if (object.isPresent()) {
            store.delete(key);
        }
        return dropped || object.isPresent();
    }

    private static SftpException tooLong() {
        return SftpException.failure("the path is too long");
    }
}
