package io.intake.store;

import java.util.Map;

/**
 * An object to store.
 *
 * @param key where
 * @param content what
 * @param contentType a media type
 * @param metadata user metadata: ASCII, lower-case names, 2 KB in all (S3's limit); never a file's name
 * @param precondition what must hold of the key
 */
public record PutRequest(
        String key, Content content, String contentType, Map<String, String> metadata, Precondition precondition) {
    public PutRequest {
        metadata = Map.copyOf(metadata);
    }

    /** Replaces whatever is there. */
    public static PutRequest of(String key, Content content, String contentType) {
        return new PutRequest(key, content, contentType, Map.of(), Precondition.ALWAYS);
    }
}
