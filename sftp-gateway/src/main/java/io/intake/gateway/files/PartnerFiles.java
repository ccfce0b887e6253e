package io.intake.gateway.files;

import io.intake.bucket.Naming;
import io.intake.bucket.Naming.Area;
import io.intake.bucket.Naming.Place;
import io.intake.gateway.protocol.FileAttributes;
import io.intake.gateway.protocol.OpenMode;
import io.intake.gateway.protocol.SftpException;
import io.intake.gateway.upload.Partial;
import io.intake.gateway.upload.Partials;
import io.intake.gateway.upload.UploadTarget;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One partner's files and folders. A folder is a marker, an empty object whose key is the folder's prefix, or exists because
 * a file is below it. Partners write below {@code /inbound}, read both areas, and may delete what they fetched from {@code
 * /outbound}. Used by one channel's thread; every method calls the store.
 */
public final class PartnerFiles {
    private static final int KNOWN_FOLDERS = 64;

    private final ObjectStore store;
    private final Naming naming;
    private final String partner;
    private final UnfinishedFiles unfinished;
    /** Folders seen by this channel: a stale one does no harm, since a file makes its folders exist. */
    private final Set<Place> known = new LinkedHashSet<>();

    public PartnerFiles(ObjectStore store, Partials partials, Naming naming, String partner) {
        this.store = store;
        this.naming = naming;
        this.partner = partner;
        this.unfinished = new UnfinishedFiles(store, partials, naming, partner);
    }

    /** The absolute form of a path, whether anything is there or not. Does not call the store. */
    public String realPath(String path) throws SftpException {
        return Location.absolute(path).toString();
    }

    /** What STAT answers. */
    public FileAttributes attributes(String path) throws SftpException {
        return switch (locate(path)) {
            case Location.Root() -> FileAttributes.folder(null);
            case Location.Nowhere() -> throw SftpException.noSuchFile();
            case Location.Inside inside when inside.isArea() -> FileAttributes.folder(null);
            case Location.Inside(Place place) -> attributes(place);
        };
    }

    private FileAttributes attributes(Place place) throws SftpException {
        Optional<ObjectInfo> object = head(place);
        Optional<Partial> partial = unfinished.find(place, key(place), object);
        if (partial.isPresent()) {
            return FileAttributes.file(partial.get().size(), partial.get().time());
        }
        if (object.isPresent()) {
            return FileAttributes.file(object.get().size(), object.get().lastModified());
        }
        if (isFolder(place)) {
            return FileAttributes.folder(null);
        }
        throw SftpException.noSuchFile();
    }

    /** Lists a folder. */
    public FolderListing list(String path) throws SftpException {
        return switch (locate(path)) {
            case Location.Root() ->
                FolderListing.of(Arrays.stream(Area.values())
                        .map(area -> new FileEntry(area.folder(), FileAttributes.folder(null)))
                        .toList());
            case Location.Nowhere() -> throw SftpException.noSuchFile();
            case Location.Inside inside -> {
                List<String> prefixes = prefixes(inside.place());
                List<PrefixCursor> cursors = new ArrayList<>();
                // first, because of two entries with one name the first cursor's is told
                cursors.add(PrefixCursor.fixed(unfinished.list(inside.place(), prefixes)));
                prefixes.forEach(prefix -> cursors.add(new PrefixCursor(store, naming, prefix)));
                FolderListing listing = new FolderListing(cursors);
                if (listing.isAbsent() && !inside.isArea()) {
                    throw SftpException.noSuchFile();
                }
                yield listing;
            }
        };
    }

    /** Opens a file for reading. */
    public Download open(String path) throws SftpException {
        if (!(locate(path) instanceof Location.Inside inside)) {
            throw SftpException.noSuchFile();
        }
        if (inside.isArea()) {
            throw SftpException.failure("this is a folder");
        }
        Optional<ObjectInfo> object = head(inside.place());
        if (object.isEmpty()) {
            throw isFolder(inside.place()) ? SftpException.failure("this is a folder") : SftpException.noSuchFile();
        }
        return new Download(store, object.get());
    }

    /**
     * Where to write a file, and what to go on from. What is there is taken over if it is not truncated; if it is, nothing
     * changes before the new file is published or parked.
     *
     * @throws SftpException if no file may be written there, or what the client asks of a file that is there cannot be done
     */
    public WriteOpening openForWriting(String path, OpenMode mode) throws SftpException {
        Place place = writable(path);
        requireParent(place);
        if (isFolder(place)) {
            throw SftpException.failure("a folder has that name");
        }
        String key = key(place);
        UploadTarget target = unfinished.target(place, key);
        if (mode.create() && mode.truncate() && !mode.exclusive()) {
            return new WriteOpening(target, null);
        }
        Optional<ObjectInfo> object = head(place);
        boolean exists =
                object.isPresent() || unfinished.find(place, key, object).isPresent();
        if (!exists && !mode.create()) {
            throw SftpException.noSuchFile();
        }
        // an unfinished upload is no file yet: who may only create files may go on with it
        if (object.isPresent() && mode.exclusive()) {
            throw SftpException.failure("a file has that name");
        }
        return new WriteOpening(target, mode.truncate() ? null : unfinished.resume(place, key, object));
    }

    /**
     * Deletes a file, in either area.
     *
     * @return its size in bytes; null if only an unfinished upload was dropped
     */
    public @Nullable Long remove(String path) throws SftpException {
        Place place = deletable(path);
        Optional<ObjectInfo> object = head(place);
        boolean dropped = unfinished.drop(place, key(place), object);
        if (object.isPresent()) {
            store.delete(key(place));
        } else if (!dropped) {
            throw isFolder(place) ? SftpException.failure("this is a folder") : SftpException.noSuchFile();
        }
        return object.map(ObjectInfo::size).orElse(null);
    }

    /** Makes a folder. */
    public void makeFolder(String path) throws SftpException {
        Place place = writable(path);
        requireParent(place);
        if (isFolder(place)) {
            throw SftpException.failure("there is a folder of that name already");
        }
        if (head(place).isPresent()) {
            throw SftpException.failure("a file has that name");
        }
        FolderMarkers.create(store, naming.prefix(place));
        remember(place);
    }

    /** Removes an empty folder below {@code /inbound}. */
    public void removeFolder(String path) throws SftpException {
        Place place = writable(path);
        requireEmptyFolder(place, "the folder is not empty");
        store.delete(naming.prefix(place));
        known.remove(place);
    }

    /**
     * Renames a file, or an empty folder. A rename from a temporary name to a final one is what publishes the file.
     *
     * @param replace whether a file at the target is replaced; else it is a failure
     * @return the file's size in bytes; null for a folder
     */
    public @Nullable Long rename(String from, String to, boolean replace) throws SftpException {
        Place source = writable(from);
        Place target = writable(to);
        Optional<ObjectInfo> object = head(source);
        boolean sourceIsFolder = object.isEmpty() && isFolder(source);
        if (object.isEmpty() && !sourceIsFolder) {
            throw unfinished.find(source, key(source), object).isPresent()
                    ? SftpException.failure("the file is not whole: upload the rest of it first")
                    : SftpException.noSuchFile();
        }
        if (source.equals(target) && replace) {
            return object.map(ObjectInfo::size).orElse(null);
        }
        requireParent(target);
        if (isFolder(target)) {
            throw SftpException.failure("a folder has that name");
        }
        if ((!replace || sourceIsFolder) && head(target).isPresent()) {
            throw SftpException.failure("a file has that name");
        }
        if (object.isPresent()) {
            FileMove.move(store, object.get(), key(target));
        } else {
            renameFolder(source, target);
        }
        return object.map(ObjectInfo::size).orElse(null);
    }

    private void renameFolder(Place source, Place target) throws SftpException {
        if (FolderMarkers.isEmpty(store, prefixes(source))) {
            FolderMarkers.create(store, naming.prefix(target));
            store.delete(naming.prefix(source));
            known.remove(source);
        } else {
            throw SftpException.unsupported("a folder that is not empty cannot be renamed");
        }
    }

    private Location locate(String path) throws SftpException {
        return Location.of(partner, Location.absolute(path));
    }

    /** A place below {@code /inbound}. */
    private Place writable(String path) throws SftpException {
        if (locate(path) instanceof Location.Inside inside
                && inside.place().area() == Area.INBOUND
                && !inside.isArea()) {
            Place place = inside.place();
            if (place.path().name().chars().anyMatch(Character::isISOControl)) {
                throw SftpException.failure("names must not hold control characters");
            }
            return place;
        }
        throw SftpException.denied("only what is below /inbound can be written");
    }

    private Place deletable(String path) throws SftpException {
        return switch (locate(path)) {
            case Location.Inside inside when !inside.isArea() -> inside.place();
            case Location.Inside ignored -> throw SftpException.denied("this folder always stays");
            case Location.Root() -> throw SftpException.denied("this folder always stays");
            case Location.Nowhere() -> throw SftpException.noSuchFile();
        };
    }

    private void requireParent(Place place) throws SftpException {
        Place parent = new Place(partner, place.area(), place.path().parent());
        if (!parent.path().isRoot() && !known.contains(parent) && !isFolder(parent)) {
            throw SftpException.noSuchFile();
        }
        remember(parent);
    }

    private void remember(Place folder) {
        if (known.size() >= KNOWN_FOLDERS) {
            known.remove(known.iterator().next());
        }
        known.add(folder);
    }

    private boolean isFolder(Place place) throws SftpException {
        return FolderMarkers.isFolder(store, prefixes(place));
    }

    private void requireEmptyFolder(Place place, String problem) throws SftpException {
        if (!isFolder(place)) {
            throw SftpException.noSuchFile();
        }
        if (!FolderMarkers.isEmpty(store, prefixes(place))) {
            throw SftpException.failure(problem);
        }
    }

    private Optional<ObjectInfo> head(Place place) throws SftpException {
        return store.head(key(place));
    }

    private String key(Place place) throws SftpException {
        try {
            return naming.key(place);
        } catch (IllegalArgumentException e) {
            throw SftpException.failure("the path is too long");
        }
    }

    private List<String> prefixes(Place place) throws SftpException {
        try {
            return naming.prefixes(place);
        } catch (IllegalArgumentException e) {
            throw SftpException.failure("the path is too long");
        }
    }
}
