package io.intake.gateway.upload;

import io.intake.bucket.BucketLayout;
import io.intake.store.Precondition;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Where an upload goes, and where its resume record is if it is lost. Pure.
 *
 * @param key the object's key
 * @param recordKey the resume record's key: made of digests, so that it holds no name
 * @param partsKey the key under which a multipart upload is made. For a file with a temporary name it is that of the name
 *     expected after it: then parts are held there, unpublished, until the file is renamed
 * @param condition what must hold of the key when the file is stored
 */
public record UploadTarget(String key, String recordKey, String partsKey, Precondition condition) {
    static final String RECORD_SUFFIX = ".json";
    static final String SEGMENT_SUFFIX = ".segment";

    /**
     * The target for a key.
     *
     * @param folder the key prefix of the file's folder, the same for files with temporary names
     */
    public static UploadTarget of(String partner, String folder, String key) {
        return new UploadTarget(
                key, recordPrefix(partner, folder) + digest(key) + RECORD_SUFFIX, key, Precondition.ALWAYS);
    }

    /**
     * The target for the key of a temporary name.
     *
     * @param folder the key prefix of the file's folder
     * @param expected the key of the name that the file is expected to be renamed to, in the same folder
     */
    public static UploadTarget temporary(String partner, String folder, String key, String expected) {
        String recordKey = heldPrefix(recordPrefix(partner, folder), expected) + digest(key) + RECORD_SUFFIX;
        return new UploadTarget(key, recordKey, expected, Precondition.ALWAYS);
    }

    /** The same for a file that must be a new one still when it is stored: another session may be faster. */
    public UploadTarget onlyNew() {
        return new UploadTarget(key, recordKey, partsKey, Precondition.IF_ABSENT);
    }

    /** The prefix of the records of uploads that are held under a key for files with temporary names. */
    private static String heldPrefix(String recordPrefix, String expected) {
        return recordPrefix + digest(expected) + "_";
    }

    /** The same for this target's key. */
    String heldPrefix() {
        return heldPrefix(recordKey.substring(0, recordKey.lastIndexOf('/') + 1), key);
    }

    /** Whether a multipart upload is held until the file is renamed. */
    boolean isHeld() {
        return !partsKey.equals(key);
    }

    /** The prefix of the resume records of a folder's files. */
    public static String recordPrefix(String partner, String folder) {
        return BucketLayout.parkedPrefix(partner, digest(folder));
    }

    /** Where a tail is kept: never the same twice, so that a session that was taken over cannot replace a newer one's. */
    String tailKey(String owner) {
        return recordKey.substring(0, recordKey.length() - RECORD_SUFFIX.length()) + "-" + owner + ".tail";
    }

    /** The prefix of the keys of an upload's segments. */
    String segmentPrefix(String storeId) {
        return recordKey.substring(0, recordKey.length() - RECORD_SUFFIX.length()) + "-" + digest(storeId) + "-";
    }

    /**
     * Where a segment of an upload is sent: found again by whoever knows the upload.
     *
     * @param storeId the store's id of the upload
     * @param number of the part that the segment becomes
     */
    String segmentKey(String storeId, int number) {
        return segmentPrefix(storeId) + "%05d".formatted(number) + SEGMENT_SUFFIX;
    }

    /** Whether an object under {@link BucketLayout#PARKED} is this file's record, tail or segment. */
    public boolean ownsParked(String parkedKey) {
        String start = recordKey.substring(0, recordKey.length() - RECORD_SUFFIX.length());
        return parkedKey.equals(recordKey) || parkedKey.startsWith(start + "-");
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
