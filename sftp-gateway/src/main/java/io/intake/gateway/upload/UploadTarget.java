package io.intake.gateway.upload;

import io.intake.bucket.BucketLayout;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Where an upload goes, and where its resume record is if it is lost. Pure.
 *
 * @param key the object's key
 * @param recordKey the resume record's key: made of digests, so that it holds no name
 */
public record UploadTarget(String key, String recordKey) {
    static final String RECORD_SUFFIX = ".json";

    /**
     * The target for a key.
     *
     * @param folder the key prefix of the file's folder, the same for files with temporary names
     */
    public static UploadTarget of(String partner, String folder, String key) {
        return new UploadTarget(key, recordPrefix(partner, folder) + digest(key) + RECORD_SUFFIX);
    }

    /** The prefix of the resume records of a folder's files. */
    public static String recordPrefix(String partner, String folder) {
        return BucketLayout.parkedPrefix(partner, digest(folder));
    }

    /** Where a tail is kept: never the same twice, so that a session that was taken over cannot replace a newer one's. */
    String tailKey(String owner) {
        return recordKey.substring(0, recordKey.length() - RECORD_SUFFIX.length()) + "-" + owner + ".tail";
    }

    /** Whether an object under {@link BucketLayout#PARKED} is this file's record or tail. */
    public boolean ownsParked(String parkedKey) {
        return parkedKey.startsWith(recordKey.substring(0, recordKey.length() - RECORD_SUFFIX.length()));
    }

    private static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
