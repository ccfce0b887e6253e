package io.intake.store.memory;

import io.intake.store.ListPage;
import io.intake.store.ListRequest;
import io.intake.store.ObjectInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** S3's rules for one page of a listing. Pure. */
final class MemoryListing {
    private MemoryListing() {}

    /** The key behind which a page starts; null for the beginning. */
    static @Nullable String from(ListRequest request) {
        return request.continuation() != null ? request.continuation() : request.startAfter();
    }

    /** @param objects those behind {@link #from}, in S3's order */
    static ListPage page(Iterable<ObjectInfo> objects, ListRequest request) {
        String from = from(request);
        List<ObjectInfo> found = new ArrayList<>();
        TreeSet<String> prefixes = new TreeSet<>(Comparator.comparing(Key::new));
        String last = null;
        for (ObjectInfo object : objects) {
            String key = object.key();
            if (!key.startsWith(request.prefix())) {
                continue;
            }
            String rolledUp = commonPrefix(key, request);
            if (rolledUp != null && (prefixes.contains(rolledUp) || (from != null && from.startsWith(rolledUp)))) {
                last = key;
                continue;
            }
            if (found.size() + prefixes.size() == request.limit()) {
                return new ListPage(found, List.copyOf(prefixes), last);
            }
            if (rolledUp != null) {
                prefixes.add(rolledUp);
            } else {
                found.add(listed(object));
            }
            last = key;
        }
        return new ListPage(found, List.copyOf(prefixes), null);
    }

    private static @Nullable String commonPrefix(String key, ListRequest request) {
        String delimiter = request.delimiter();
        if (delimiter == null) {
            return null;
        }
        int at = key.indexOf(delimiter, request.prefix().length());
        return at < 0 ? null : key.substring(0, at + delimiter.length());
    }

    private static ObjectInfo listed(ObjectInfo info) {
        return new ObjectInfo(info.key(), info.size(), info.etag(), null, info.lastModified(), null, Map.of());
    }
}
