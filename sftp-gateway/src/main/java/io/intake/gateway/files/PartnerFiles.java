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
import io.intake.gateway.upload.Resumption;
import io.intake.gateway.upload.UploadTarget;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
    private final Lookup lookup;

    /** @param clock tells how long what was seen is relied on */
    public PartnerFiles(ObjectStore store, Partials partials, Naming naming, String partner, InstantSource clock) {
        this.store = store;
        this.naming = naming;
        this.partner = partner;
        this.unfinished = new UnfinishedFiles(store, partials, naming, partner, clock);
        this.folders = new PartnerFolders(store, naming, clock);
        this.lookup = new Lookup(store, naming, unfinished);
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
        Lookup.Found found = lookup.glance(place);
        if (found.partial().isPresent()) {
            Partial partial = found.partial().get();
            return FileAttributes.file(partial.size(), partial.time());
        }
        if (found.object().isPresent()) {
            ObjectInfo object = found.object().get();
            return FileAttributes.file(object.size(), object.lastModified());
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
                FolderListing listing = listing(inside.place());
                if (listing.isAbsent() && !inside.isArea()) {
                    throw SftpException.noSuchFile();
                }
                yield listing;
            }
        };
    }

    private FolderListing listing(Place folder) {
        List<List<PrefixCursor>> generations = new ArrayList<>();
        for (Naming generation : naming.generations()) {
            List<String> prefixes = Lookup.prefixes(generation, folder);
            List<PrefixCursor> cursors = new ArrayList<>();
            if (!prefixes.isEmpty()) {
                // first, because of two entries with one name the first cursor's is told
                cursors.add(PrefixCursor.fixed(unfinished.list(folder, prefixes)));
            }
            prefixes.stream()
                    .filter(unfinished::mayHold)
                    .forEach(prefix -> cursors.add(new PrefixCursor(store, naming, prefix)));
            generations.add(cursors);
        }
        return new FolderListing(generations, new Shadowed((name, older) -> lookup.isNewer(folder, name, older)));
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
        Optional<ObjectInfo> object = lookup.head(inside.place());
        if (object.isEmpty() && folders.isFolder(inside.place())) {
            throw SftpException.failure("this is a folder");
        }
        if (object.isEmpty()) {
            throw lookup.isHeld(inside.place())
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
        UploadTarget target = unfinished.target(place, lookup.key(place));
        if (mode.create() && mode.truncate() && !mode.exclusive()) {
            return new WriteOpening(target, null);
        }
        Lookup.Found found = lookup.find(place);
        if (!found.exists() && !mode.create()) {
            throw SftpException.noSuchFile();
        }
        // an unfinished upload is no file yet: who may only create files may go on with it
        if (mode.exclusive() && (found.object().isPresent() || lookup.isElsewhere(place, found.key()))) {
            throw SftpException.failure("a file has that name");
        }
        Resumption from = mode.truncate() ? null : unfinished.resume(found.partial(), found.object());
        // parts cannot be moved: what was begun under a former key's name ends there
        UploadTarget begun = from instanceof Resumption.Unfinished ? unfinished.target(place, found.key()) : target;
        return new WriteOpening(mode.exclusive() ? begun.onlyNew() : begun, from);
    }

    /** To be called when a file was stored: what it had under former names goes. Calls the store only if it can have any. */
    public void stored(String path, String key) throws SftpException {
        if (naming.generations().size() > 1) {
            lookup.dropOthers(writable(path), key);
        }
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

    /**
     * Deletes a file, in either area.
     *
     * @return its size in bytes; null if only an unfinished upload was dropped
     */
    public @Nullable Long remove(String path) throws SftpException {
        Place place = deletable(path);
        Lookup.Removed removed = lookup.remove(place);
        if (!removed.anything()) {
            throw folders.isFolder(place) ? SftpException.failure("this is a folder") : SftpException.noSuchFile();
        }
        return removed.bytes();
    }

    /** Makes a folder. */
    public void makeFolder(String path) throws SftpException {
        Place place = writable(path);
        folders.requireParent(place);
        if (folders.isFolder(place)) {
            throw SftpException.failure("there is a folder of that name already");
        }
        if (lookup.head(place).isPresent()) {
            throw SftpException.failure("a file has that name");
        }
        folders.create(place);
    }

    /** Removes an empty folder below {@code /inbound}. */
    public void removeFolder(String path) throws SftpException {
        Place folder = writable(path);
        if (hasUnfinished(folder)) {
            throw SftpException.failure("the folder is not empty");
        }
        folders.remove(folder);
    }

    /** Whether a folder's listing tells of files that no object is there for. */
    private boolean hasUnfinished(Place folder) {
        unfinished.changed(); // what was seen a moment ago does not do
        return naming.generations().stream()
                .map(generation -> Lookup.prefixes(generation, folder))
                .anyMatch(prefixes -> !prefixes.isEmpty()
                        && !unfinished.list(folder, prefixes).isEmpty());
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
        unfinished.changed();
        Lookup.Found found = lookup.whole(source);
        Optional<ObjectInfo> object = found.object();
        Optional<Partial> held = found.partial();
        boolean isFile = object.isPresent() || held.isPresent();
        Long size =
                object.map(ObjectInfo::size).or(() -> held.map(Partial::size)).orElse(null);
        if (!isFile && !folders.isFolder(source)) {
            throw absent(source, target);
        }
        if (source.equals(target) && replace) {
            return size;
        }
        folders.requireParent(target);
        if (folders.isFolder(target)) {
            throw SftpException.failure("a folder has that name");
        }
        if (!replace || !isFile) {
            Optional<ObjectInfo> there = lookup.head(target);
            if (there.isPresent() && !unfinished.isPublished(held, there)) {
                throw SftpException.failure("a file has that name");
            }
        }
        if (held.isPresent()) {
            unfinished.publish(held.get(), lookup.key(target), replace);
        } else if (object.isPresent()) {
            FileMove.move(store, object.get(), lookup.key(target));
            unfinished.forget(source, found.key(), object);
        } else if (hasUnfinished(source)) {
            throw SftpException.unsupported("a folder that is not empty cannot be renamed");
        } else {
            folders.rename(source, target);
        }
        if (isFile && naming.generations().size() > 1) {
            lookup.dropOthers(target, lookup.key(target));
            lookup.dropOthers(source, found.key());
        }
        return size;
    }

    /** Why a file that a client wants to rename is not there. */
    private SftpException absent(Place source, Place target) throws SftpException {
        if (lookup.find(source).partial().isPresent()) {
            return SftpException.failure("the file is not whole: upload the rest of it first");
        }
        boolean expected = naming.finalPlace(source).filter(target::equals).isPresent();
        return expected && lookup.head(target).isPresent()
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
}
