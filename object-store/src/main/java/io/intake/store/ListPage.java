package io.intake.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a listing.
 *
 * @param objects in ascending key order
 * @param commonPrefixes each ends with the delimiter; in ascending order
 * @param continuation null on the last page
 */
public record ListPage(
        List<ObjectInfo> objects,
        List<String> commonPrefixes,
        @Nullable String continuation) {
    public ListPage {
        objects = List.copyOf(objects);
        commonPrefixes = List.copyOf(commonPrefixes);
    }
}
