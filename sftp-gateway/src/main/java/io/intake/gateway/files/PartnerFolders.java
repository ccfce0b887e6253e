package io.intake.gateway.files;

import io.intake.bucket.Naming;
import io.intake.bucket.Naming.Place;
import io.intake.gateway.protocol.SftpException;
import io.intake.store.ObjectStore;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One partner's folders. A folder is a marker, an empty object whose key is the folder's prefix, or exists because a file is
 * below it. Used by one channel's thread; nearly every method calls the store.
 */
final class PartnerFolders {
    private static final int KNOWN_FOLDERS = 64;

    private final ObjectStore store;
    private final Naming naming;
    private final FolderNames names;
    /** Folders seen by this channel: a stale one does no harm, since a file makes its folders exist. */
    private final Set<Place> known = new LinkedHashSet<>();

    PartnerFolders(ObjectStore store, Naming naming, InstantSource clock) {
        this.store = store;
        this.naming = naming;
        this.names = new FolderNames(store, clock);
    }

    boolean isFolder(Place place) throws SftpException {
        return FolderMarkers.isFolder(store, prefixes(place));
    }

    /** The same, from what was seen some seconds ago. */
    boolean isKnownFolder(Place place) throws SftpException {
        for (String prefix : prefixes(place)) {
            if (names.isFolder(prefix)) {
                return true;
            }
        }
        return false;
    }

    void requireParent(Place place) throws SftpException {
        Place parent = new Place(place.partner(), place.area(), place.path().parent());
        if (!parent.path().isRoot() && !known.contains(parent) && !isFolder(parent)) {
            throw SftpException.noSuchFile();
        }
        remember(parent);
    }

    void create(Place place) throws SftpException {
        FolderMarkers.create(store, Lookup.marker(naming, place));
        names.forget();
        remember(place);
    }

    /** Removes a folder in which nothing may be. */
    void remove(Place place) throws SftpException {
        if (!isFolder(place)) {
            throw SftpException.noSuchFile();
        }
        if (!FolderMarkers.isEmpty(store, prefixes(place))) {
            throw SftpException.failure("the folder is not empty");
        }
        delete(place);
    }

    private void delete(Place place) {
        FolderMarkers.delete(store, naming, place);
        names.forget();
        known.remove(place);
    }

    /** Renames an empty folder. */
    void rename(Place source, Place target) throws SftpException {
        if (!FolderMarkers.isEmpty(store, prefixes(source))) {
            throw SftpException.unsupported("a folder that is not empty cannot be renamed");
        }
        create(target);
        delete(source);
    }

    private void remember(Place folder) {
        if (known.size() >= KNOWN_FOLDERS) {
            known.remove(known.iterator().next());
        }
        known.add(folder);
    }

    /** The prefixes of a folder under all namings. */
    private List<String> prefixes(Place place) throws SftpException {
        return Lookup.allPrefixes(naming, place);
    }
}
