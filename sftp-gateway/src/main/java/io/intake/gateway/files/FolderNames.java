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
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which names are folders, known for a while from pages of their parent's listing: so that not every file that is put costs a
 * question of its own. What the pages say is kept, so that names in any order, as encrypted ones are, cost no more pages than
 * the folder has. Another session's folder may be seen that much later. Not thread-safe.
 */
final class FolderNames {
    private static final Duration VALID = Duration.ofSeconds(30);
    private static final int PARENTS = 32;
    private static final int SPANS = 64;

    private final ObjectStore store;
    private final InstantSource clock;
    /** By the parent's key prefix; in it by the key behind which a page began, empty for the folder's start. */
    private final Map<String, NavigableMap<String, Span>> spans = new LinkedHashMap<>();

    /**
     * What pages say of the names behind the key that the first one began at.
     *
     * @param to the last key that is known; null for the folder's end
     * @param folders prefixes of folders up to there
     */
    private record Span(@Nullable String to, Set<String> folders, Instant until) {
        boolean reaches(String key) {
            return to == null || compare(key, to) <= 0;
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
        NavigableMap<String, Span> known = known(parent);
        Span span = covering(known, prefix);
        if (span == null) {
            // going on where the page before ends, so that pages meet end to end whatever the order of the names
            Map.Entry<String, Span> before = known.lowerEntry(prefix);
            span = load(
                    known, parent, before == null ? "" : before.getKey(), before == null ? null : before.getValue());
            if (!span.reaches(prefix)) {
                span = load(known, parent, name, null);
            }
        }
        return span.folders().contains(prefix);
    }

    /** What the session has changed itself it sees at once. */
    void forget() {
        spans.clear();
    }

    private NavigableMap<String, Span> known(String parent) {
        NavigableMap<String, Span> known = spans.get(parent);
        if (known == null) {
            if (spans.size() >= PARENTS) {
                spans.remove(spans.keySet().iterator().next());
            }
            known = new TreeMap<>(FolderNames::compare);
            spans.put(parent, known);
        }
        Instant now = clock.instant();
        known.values().removeIf(span -> !now.isBefore(span.until()));
        return known;
    }

    private static @Nullable Span covering(NavigableMap<String, Span> known, String key) {
        // pages may overlap: one further down may reach further
        for (Span span : known.headMap(key).values()) {
            if (span.reaches(key)) {
                return span;
            }
        }
        return null;
    }

    /**
     * Asks for a page.
     *
     * @param from where the span begins that will know it
     * @param before what is known from there, behind which the page begins; null if the page begins there
     */
    private Span load(NavigableMap<String, Span> known, String parent, String from, @Nullable Span before) {
        Instant until = before == null ? clock.instant().plus(VALID) : before.until();
        String start = before == null ? from : before.to();
        ListPage page =
                store.list(new ListRequest(parent, "/", start == null || start.isEmpty() ? null : start, null, 1000));
        String last = null;
        if (page.continuation() != null) {
            for (ObjectInfo object : page.objects()) {
                last = last == null || compare(object.key(), last) > 0 ? object.key() : last;
            }
            for (String folder : page.commonPrefixes()) {
                last = last == null || compare(folder, last) > 0 ? folder : last;
            }
        }
        Set<String> folders = new HashSet<>(page.commonPrefixes());
        if (before != null) {
            folders.addAll(before.folders());
        }
        Span span = new Span(last, folders, until);
        if (known.size() >= SPANS) {
            known.pollLastEntry();
        }
        known.put(from, span);
        return span;
    }

    /** As S3 sorts. */
    private static int compare(String one, String other) {
        return Arrays.compareUnsigned(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }
}
