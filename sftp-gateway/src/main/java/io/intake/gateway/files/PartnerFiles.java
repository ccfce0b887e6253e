package io.intake.gateway.files;

import io.intake.bucket.Naming;
import io.intake.bucket.Naming.Area;
import io.intake.bucket.Naming.Place;
import io.intake.gateway.protocol.FileAttributes;
import io.intake.gateway.protocol.OpenMode;
import io.intake.gateway.protocol.SftpException;
import io.intake.gateway.protocol.SftpStatus;
import io.intake.gateway.upload.Partial;
import io.intake.gateway.upload.Partials;
import io.intake.gateway.upload.UploadTarget;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One partner's files and folders. A folder is a marker, an empty object whose key is the folder's prefix, or exists because
 * a file is below it. Partners write below {@code /inbound}, read both areas, and may delete what they fetched from {@code
 * /outbound}. Used by one channel's thread; every method calls the store.
 */
public final class PartnerFiles {
    private final ObjectStore store;
    private final Naming naming;
    private final String partner;
    private final UnfinishedFiles unfinished;
    private final PartnerFolders folders;

    /** @param clock tells how long what was seen is relied on */
    public PartnerFiles(ObjectStore store, Partials partials, Naming naming, String partner, InstantSource clock) {
        this.store = store;
        this.naming = naming;
        this.partner = partner;
        this.unfinished = new UnfinishedFiles(store, partials, naming, partner, clock);
        this.folders = new PartnerFolders(store, naming, clock);
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
        Optional<Partial> partial =
                unfinished.mayExist(place, key(place)) ? unfinished.find(place, key(place), object) : Optional.empty();
        if (partial.isPresent()) {
            return FileAttributes.file(partial.get().size(), partial.get().time());
        }
        if (object.isPresent()) {
            return FileAttributes.file(object.get().size(), object.get().lastModified());
        }
        if (folders.isFolder(place)) {
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
                List<String> prefixes = folders.prefixes(inside.place());
                List<PrefixCursor> cursors = new ArrayList<>();
                // first, because of two entries with one name the first cursor's is told
                cursors.add(PrefixCursor.fixed(unfinished.list(inside.place(), prefixes)));
                prefixes.stream()
                        .filter(unfinished::mayHold)
                        .forEach(prefix -> cursors.add(new PrefixCursor(store, naming, prefix)));
                FolderListing listing = new FolderListing(cursors);
                if (listing.isAbsent() && !inside.isArea()) {
                    throw SftpException.noSuchFile();
                }
                yield listing;
            }
        };
    }

    /**
     * Opens a file for reading.
     *
     * @param reads all sessions'
     */
    public Download open(String path, OpenReads reads) throws SftpException {
        if (!(locate(path) instanceof Location.Inside inside)) {
            throw SftpException.noSuchFile();
        }
        if (inside.isArea()) {
            throw SftpException.failure("this is a folder");
        }
        Optional<ObjectInfo> object = head(inside.place());
        if (object.isEmpty() && folders.isFolder(inside.place())) {
            throw SftpException.failure("this is a folder");
        }
        if (object.isEmpty()) {
            throw unfinished.held(inside.place(), key(inside.place()), object).isPresent()
                    ? SftpException.failure("the file can be read when it has its final name: rename it")
                    : SftpException.noSuchFile();
        }
        return new Download(store, object.get(), reads);
    }

    /**
     * Where to write a file, and what to go on from. What is there is taken over if it is not truncated; if it is, nothing
     * changes before the new file is published or parked.
     *
     * @throws SftpException if no file may be written there, or what the client asks of a file that is there cannot be done
     */
    public WriteOpening openForWriting(String path, OpenMode mode) throws SftpException {
        Place place = writable(path);
        folders.requireParent(place);
        if (folders.isKnownFolder(place)) {
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
     * An upload of this channel has ended: what it has left is to be seen at once.
     *
     * @param published whether it was stored under its name
     */
    public void ended(String path, boolean published) {
        try {
            boolean ordinary =
                    published && locate(path) instanceof Location.Inside(Place place) && !naming.isTemporary(place);
            if (ordinary) {
                return;
            }
        } catch (SftpException e) {
            // it could not have been opened
        }
        unfinished.changed();
    }

    /** Deletes a file, in either area. */
    public void remove(String path) throws SftpException {
        Place place = deletable(path);
        Optional<ObjectInfo> object = head(place);
        boolean dropped = unfinished.drop(place, key(place), object);
        if (object.isPresent()) {
            store.delete(key(place));
        } else if (!dropped) {
            throw folders.isFolder(place) ? SftpException.failure("this is a folder") : SftpException.noSuchFile();
        }
    }

    /** Makes a folder. */
    public void makeFolder(String path) throws SftpException {
        Place place = writable(path);
        folders.requireParent(place);
        if (folders.isFolder(place)) {
            throw SftpException.failure("there is a folder of that name already");
        }
        if (head(place).isPresent()) {
            throw SftpException.failure("a file has that name");
        }
        folders.create(place);
    }

    /** Removes an empty folder below {@code /inbound}. */
    public void removeFolder(String path) throws SftpException {
        folders.remove(writable(path));
    }

    /**
     * Renames a file, or an empty folder. A rename from a temporary name to a final one is what publishes the file.
     *
     * @param replace whether a file at the target is replaced; else it is a failure
     */
    public void rename(String from, String to, boolean replace) throws SftpException {
        Place source = writable(from);
        Place target = writable(to);
        unfinished.changed();
        Optional<ObjectInfo> object = head(source);
        Optional<Partial> held = unfinished.held(source, key(source), object);
        boolean isFile = object.isPresent() || held.isPresent();
        if (!isFile && !folders.isFolder(source)) {
            throw absent(source, target);
        }
        if (source.equals(target) && replace) {
            return;
        }
        folders.requireParent(target);
        if (folders.isFolder(target)) {
            throw SftpException.failure("a folder has that name");
        }
        if (!replace || !isFile) {
            Optional<ObjectInfo> there = head(target);
            if (there.isPresent() && !unfinished.isPublished(held, there)) {
                throw SftpException.failure("a file has that name");
            }
        }
        if (held.isPresent()) {
            unfinished.publish(held.get(), key(target), replace);
        } else if (object.isPresent()) {
            FileMove.move(store, object.get(), key(target));
            unfinished.forget(source, key(source), object);
        } else {
            folders.rename(source, target);
        }
    }

    /** Why a file that a client wants to rename is not there. */
    private SftpException absent(Place source, Place target) throws SftpException {
        if (unfinished.find(source, key(source), Optional.empty()).isPresent()) {
            return SftpException.failure("the file is not whole: upload the rest of it first");
        }
        boolean expected = naming.finalPlace(source).filter(target::equals).isPresent();
        return expected && head(target).isPresent()
                ? new SftpException(SftpStatus.NO_SUCH_FILE, "no such file: it was renamed to that name already")
                : SftpException.noSuchFile();
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
}
