package io.intake.processors.job;

import io.intake.store.ObjectInfo;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Derives a job's id from one upload, so that every event about it, however often and late it comes, finds the same job.
 * The day in front lets people and listings find a job by date. Pure.
 */
public final class JobId {
    /** The metadata name under which the gateway marks each upload with an id of its own. */
    public static final String UPLOAD_ID = "upload-id";

    private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE.withZone(ZoneOffset.UTC);

    private JobId() {}

    /**
     * The id of the job for an object.
     *
     * @param object as HEAD describes it. What tells one upload of a key from the next is, in this order: its version, the
     *     gateway's upload id, its ETag with its time. One that was only moved to another name key's name keeps its job
     */
    public static String of(String bucket, ObjectInfo object) {
        Optional<String> moved = Rekeyed.job(object);
        if (moved.isPresent()) {
            return moved.get();
        }
        String upload = object.metadata().get(UPLOAD_ID);
        String version = object.versionId();
        String identity = version != null
                ? "version " + version
                : upload != null ? "upload " + upload : "etag " + object.etag() + " " + object.lastModified();
        byte[] hash = sha256(bucket + "\0" + object.key() + "\0" + identity);
        String hex = HexFormat.of().formatHex(hash, 0, 10);
        return DAY.format(object.lastModified()).substring(0, 8) + "-" + hex;
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
