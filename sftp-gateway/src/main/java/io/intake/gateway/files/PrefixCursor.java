package io.intake.gateway.files;

import io.intake.bucket.Naming;
import io.intake.gateway.protocol.FileAttributes;
import io.intake.store.ListPage;
import io.intake.store.ListRequest;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Walks one prefix of a folder in the order of its keys; holds one page. Not thread-safe. */
final class PrefixCursor {
    private final @Nullable ObjectStore store;
    private final @Nullable Naming naming;
    private final String prefix;
    private final Deque<Item> page = new ArrayDeque<>();
    private @Nullable ListRequest next;
    private boolean marker;

    /**
     * A file or folder.
     *
     * @param rest its key behind the prefix; folders end with a slash
     */
    record Item(String rest, String name, FileAttributes attributes) implements Comparable<Item> {
        /** As S3 sorts: by the bytes of UTF-8. */
        @Override
        public int compareTo(Item other) {
            return Arrays.compareUnsigned(
                    rest.getBytes(StandardCharsets.UTF_8), other.rest.getBytes(StandardCharsets.UTF_8));
        }
    }

    PrefixCursor(ObjectStore store, Naming naming, String prefix) {
        this.store = store;
        this.naming = naming;
        this.prefix = prefix;
        this.next = ListRequest.children(prefix);
        fill();
    }

    private PrefixCursor(List<Item> items) {
        store = null;
        naming = null;
        prefix = "";
        page.addAll(items);
    }

    /** Items that are known already, in order. */
    static PrefixCursor fixed(List<Item> items) {
        return new PrefixCursor(items);
    }

    /** Whether no key begins with the prefix. */
    boolean isAbsent() {
        return !marker && page.isEmpty();
    }

    /** The next item; null at the end. */
    @Nullable
    Item peek() {
        return page.peek();
    }

    void advance() {
        page.remove();
        fill();
    }

    private void fill() {
        while (page.isEmpty() && next != null && store != null && naming != null) {
            ListPage listed = store.list(next);
            next = listed.continuation() == null ? null : next.after(listed.continuation());
            page.addAll(items(naming, listed));
        }
    }

    private List<Item> items(Naming names, ListPage listed) {
        List<Item> items = new ArrayList<>();
        for (ObjectInfo object : listed.objects()) {
            if (object.key().equals(prefix)) {
                marker = true;
                continue;
            }
            names.place(object.key())
                    .ifPresent(place -> items.add(new Item(
                            rest(object.key()),
                            place.path().name(),
                            FileAttributes.file(object.size(), object.lastModified()))));
        }
        for (String folder : listed.commonPrefixes()) {
            // the root's is what stands in front of encrypted names: no folder of the partner's
            names.folder(folder)
                    .filter(place -> !place.path().isRoot())
                    .ifPresent(place ->
                            items.add(new Item(rest(folder), place.path().name(), FileAttributes.folder(null))));
        }
        items.sort(null);
        return items;
    }

    private String rest(String key) {
        return key.substring(prefix.length());
    }
}
