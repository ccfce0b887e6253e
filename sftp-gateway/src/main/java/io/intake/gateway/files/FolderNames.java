package io.intake.gateway.files;

import io.intake.store.ListPage;
import io.intake.store.ListRequest;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which names are folders, known for a while from a page of their parent's listing: so that not every file that is put costs a
 * question of its own. Another session's folder may be seen that much later. Not thread-safe.
 */
final class FolderNames {
    private static final Duration VALID = Duration.ofSeconds(30);
    private static final int PARENTS = 32;

    private final ObjectStore store;
    private final InstantSource clock;
    /** By the parent's key prefix. */
    private final Map<String, Span> spans = new LinkedHashMap<>();

    /**
     * What is known of a part of a folder.
     *
     * @param from what is behind this key is known; null for the folder's start
     * @param to the last key that is known; null for the folder's end
     * @param folders prefixes of folders in between
     */
    private record Span(@Nullable String from, @Nullable String to, Set<String> folders, Instant until) {
        boolean covers(String key) {
            return (from == null || compare(key, from) > 0) && (to == null || compare(key, to) <= 0);
        }
    }

    FolderNames(ObjectStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * Whether something is under a folder's prefix.
     *
     * @param prefix with a slash at its end
     */
    boolean isFolder(String prefix) {
        String name = prefix.substring(0, prefix.length() - 1);
        String parent = prefix.substring(0, name.lastIndexOf('/') + 1);
        Span known = spans.get(parent);
        if (known != null && !clock.instant().isBefore(known.until())) {
            known = null;
        }
        if (known == null) {
            known = load(parent, null);
        }
        if (!known.covers(prefix)) {
            // uploads often come in the order of their names
            known = load(parent, name);
        }
        return known.folders().contains(prefix);
    }

    /** What the session has changed itself it sees at once. */
    void forget() {
        spans.clear();
    }

    private Span load(String parent, @Nullable String behind) {
        Instant until = clock.instant().plus(VALID);
        ListPage page = store.list(new ListRequest(parent, "/", behind, null, 1000));
        String last = null;
        if (page.continuation() != null) {
            for (ObjectInfo object : page.objects()) {
                last = last == null || compare(object.key(), last) > 0 ? object.key() : last;
            }
            for (String folder : page.commonPrefixes()) {
                last = last == null || compare(folder, last) > 0 ? folder : last;
            }
        }
        Span span = new Span(behind, last, new HashSet<>(page.commonPrefixes()), until);
        if (spans.size() >= PARENTS) {
            spans.remove(spans.keySet().iterator().next());
        }
        spans.put(parent, span);
        return span;
    }

    /** As S3 sorts. */
    private static int compare(String one, String other) {
        return Arrays.compareUnsigned(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }
}
