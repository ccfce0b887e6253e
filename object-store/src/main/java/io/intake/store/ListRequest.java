package io.intake.store;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which keys to list.
 *
 * @param prefix only keys that start so
 * @param delimiter null for all keys; else keys that hold it behind the prefix are rolled up into one common prefix
 * @param startAfter only keys behind this one (UTF-8 byte order); ignored where a continuation is given
 * @param continuation null for the first page, else {@link ListPage#continuation()} of the page before
 * @param limit keys and common prefixes per page, 1 to 1,000
 */
public record ListRequest(
        String prefix,
        @Nullable String delimiter,
        @Nullable String startAfter,
        @Nullable String continuation,
        int limit) {
    public ListRequest {
        if (limit < 1 || limit > 1000) {
            throw new IllegalArgumentException("a page holds 1 to 1,000 keys: " + limit);
        }
    }

    /** All keys below a prefix. */
    public static ListRequest under(String prefix) {
        return new ListRequest(prefix, null, null, null, 1000);
    }

    /** The keys and common prefixes one level below a prefix that ends with a slash. */
    public static ListRequest children(String prefix) {
        return new ListRequest(prefix, "/", null, null, 1000);
    }

    /** The same request for the page behind another. */
    public ListRequest after(String continuation) {
        return new ListRequest(prefix, delimiter, startAfter, continuation, limit);
    }

    /**
     * Lists all pages from this one on, one after another, each when the one before has been dealt with.
     *
     * @param store that is asked
     * @param object is told of each object, in ascending order of the keys; what it throws ends the listing
     * @throws StoreException as {@link ObjectStore#list}
     */
    public void each(ObjectStore store, Consumer<ObjectInfo> object) {
        ListRequest next = this;
        while (next != null) {
            ListPage page = store.list(next);
            page.objects().forEach(object);
            next = page.continuation() == null ? null : after(page.continuation());
        }
    }
}
