package io.intake.store;

/**
 * Names an unfinished multipart upload; valid in any process.
 *
 * @param key where the object will be
 * @param uploadId the store's id of the upload
 */
public record UploadRef(String key, String uploadId) {}
