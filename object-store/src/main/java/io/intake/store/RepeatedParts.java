package io.intake.store;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Completes an upload to which two workers may have sent the same part: one that was thought dead and its successor. Their
 * bytes are the same, but encrypted with KMS the same bytes get another ETag, and S3 completes by ETags. Part numbers
 * cannot be left out to keep the two apart: with part checksums S3 wants them consecutive from 1 (API reference,
 * CompletedPart). Pure, but for the store.
 */
public final class RepeatedParts {
    private RepeatedParts() {}

    /**
     * As {@link ObjectStore#completeUpload}; where the store refuses the parts, once more with what it lists, provided that
     * the sizes and checksums are those of the request.
     */
    public static ObjectInfo complete(ObjectStore store, CompleteRequest request) {
        try {
            return store.completeUpload(request);
        } catch (PermanentStoreException refused) {
            List<Part> listed = listed(store, request, refused);
            if (listed.equals(request.parts())) {
                throw refused;
            }
            return store.completeUpload(new CompleteRequest(
                    request.upload(), listed, request.size(), request.crc32(), request.precondition()));
        }
    }

    private static List<Part> listed(ObjectStore store, CompleteRequest request, PermanentStoreException refused) {
        Map<Integer, Part> byNumber = new HashMap<>();
        store.listParts(request.upload()).forEach(part -> byNumber.put(part.number(), part));
        return request.parts().stream()
                .map(part -> {
                    Part now = byNumber.get(part.number());
                    if (now == null || now.size() != part.size() || differ(now.crc32(), part.crc32())) {
                        throw refused;
                    }
                    return new Part(part.number(), part.size(), now.etag(), part.crc32());
                })
                .toList();
    }

    private static boolean differ(@Nullable Long one, @Nullable Long other) {
        return one != null && other != null && !one.equals(other);
    }
}
