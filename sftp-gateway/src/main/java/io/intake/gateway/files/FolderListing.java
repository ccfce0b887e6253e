package io.intake.gateway.files;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is in a folder, a page at a time. Not thread-safe. */
public final class FolderListing {
    /** One group of cursors for each naming that the folder's files may be named by, the current one first. */
    private final List<List<PrefixCursor>> generations;

    private final Shadowed shadowed;
    private int generation;

    FolderListing(List<List<PrefixCursor>> generations, Shadowed shadowed) {
        this.generations = List.copyOf(generations);
        this.shadowed = shadowed;
    }

    /** The listing of the root: the two areas. */
    static FolderListing of(List<FileEntry> entries) {
        List<PrefixCursor> fixed = List.of(PrefixCursor.fixed(entries.stream()
                .map(entry -> new PrefixCursor.Item(entry.name(), entry.name(), entry.attributes()))
                .toList()));
        return new FolderListing(List.of(fixed), new Shadowed((name, older) -> false));
    }

    /** Whether there is nothing, not even the folder's own marker. Only before the first {@link #next}. */
    boolean isAbsent() {
        return generations.stream().allMatch(cursors -> cursors.stream().allMatch(PrefixCursor::isAbsent));
    }

    /** The next entry; empty at the end. */
    public Optional<FileEntry> next() {
        while (generation < generations.size()) {
            Optional<FileEntry> next = next(generations.get(generation));
            if (next.isEmpty()) {
                generation++;
            } else if (generations.size() == 1) {
                return next;
            } else if (!shadowed.hides(next.get().name(), generation)) {
                shadowed.told(next.get().name());
                return next;
            }
        }
        return Optional.empty();
    }

    /**
     * The next entry of one naming. Its prefixes are sorted alike, so a folder that is in both is met in both at the same
     * time, and told once.
     */
    private static Optional<FileEntry> next(List<PrefixCursor> cursors) {
        PrefixCursor.@Nullable Item least = null;
        for (PrefixCursor cursor : cursors) {
            PrefixCursor.Item item = cursor.peek();
            if (item != null && (least == null || item.compareTo(least) < 0)) {
                least = item;
            }
        }
        if (least == null) {
            return Optional.empty();
        }
        for (PrefixCursor cursor : cursors) {
            PrefixCursor.Item item = cursor.peek();
            if (item != null && item.compareTo(least) == 0) {
                cursor.advance();
            }
        }
        return Optional.of(new FileEntry(least.name(), least.attributes()));
    }
}
