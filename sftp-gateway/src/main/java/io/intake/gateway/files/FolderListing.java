package io.intake.gateway.files;

import io.intake.gateway.protocol.FileAttributes;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is in a folder, a page at a time. Not thread-safe. */
public final class FolderListing {
    private final List<PrefixCursor> cursors;

    FolderListing(List<PrefixCursor> cursors) {
        this.cursors = List.copyOf(cursors);
    }

    /** The listing of the root: the two areas. */
    static FolderListing of(List<FileEntry> entries) {
        return new FolderListing(List.of(PrefixCursor.fixed(entries.stream()
                .map(entry -> new PrefixCursor.Item(entry.name(), entry.name(), entry.attributes()))
                .toList())));
    }

    /** Whether there is nothing, not even the folder's own marker. Only before the first {@link #next}. */
    boolean isAbsent() {
        return cursors.stream().allMatch(PrefixCursor::isAbsent);
    }

    /**
     * The next entry; empty at the end. The prefixes are sorted alike, so a folder that is in both is met in both at the
     * same time, and told once.
     */
    public Optional<FileEntry> next() {
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
        FileAttributes attributes = least.attributes();
        return Optional.of(new FileEntry(least.name(), attributes));
    }
}
