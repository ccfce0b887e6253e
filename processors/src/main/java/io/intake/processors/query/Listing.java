package io.intake.processors.query;

import io.intake.store.ListPage;
import io.intake.store.ListRequest;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A listing page by page, asked for as it is used up. Used by one thread. */
final class Listing<T> implements Iterator<T> {
    private final ObjectStore store;
    private final Function<ListPage, Stream<T>> entries;
    private final Deque<T> page = new ArrayDeque<>();
    private @Nullable ListRequest next;

    private Listing(ObjectStore store, ListRequest first, Function<ListPage, Stream<T>> entries) {
        this.store = store;
        this.entries = entries;
        this.next = first;
    }

    /** All objects under a prefix. */
    static Iterator<ObjectInfo> objects(ObjectStore store, String prefix) {
        return new Listing<>(store, ListRequest.under(prefix), page -> page.objects().stream());
    }

    /** As {@link #folders}, with those only that are at or behind a name. */
    static Iterator<String> foldersFrom(ObjectStore store, String folder, String begin, String first) {
        return new Listing<>(
                store,
                new ListRequest(folder + begin, "/", folder + first, null, 1000),
                page -> page.commonPrefixes().stream()
                        .map(prefix -> prefix.substring(folder.length(), prefix.length() - 1)));
    }

    /** The names, without the slash, that follow a folder in keys which begin with it and some more. */
    static Iterator<String> folders(ObjectStore store, String folder, String begin, @Nullable String after) {
        // a slash sorts before a zero: behind all keys of the folder that the last answer ended with
        String startAfter = after == null ? null : folder + after + "0";
        return new Listing<>(
                store,
                new ListRequest(folder + begin, "/", startAfter, null, 1000),
                page -> page.commonPrefixes().stream()
                        .map(prefix -> prefix.substring(folder.length(), prefix.length() - 1)));
    }

    @Override
    public boolean hasNext() {
        while (page.isEmpty() && next != null) {
            ListPage answer = store.list(next);
            entries.apply(answer).forEach(page::add);
            String continuation = answer.continuation();
            next = continuation == null ? null : next.after(continuation);
        }
        return !page.isEmpty();
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return page.remove();
    }
}
