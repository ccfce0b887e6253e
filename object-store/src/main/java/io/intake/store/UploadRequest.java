package io.intake.store;

import java.util.Map;

/**
 * A multipart upload to start.
 *
 * @param key where the object will be
 * @param contentType a media type
 * @param metadata user metadata of the object, as {@link PutRequest#metadata()}
 */
public record UploadRequest(String key, String contentType, Map<String, String> metadata) {
    public UploadRequest {
        metadata = Map.copyOf(metadata);
    }
}
