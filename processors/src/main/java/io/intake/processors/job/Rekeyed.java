package io.intake.processors.job;

import io.intake.store.ObjectInfo;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * The mark of an object that was moved to the name that another name key gives it. Its creation raises an event as an
 * upload does, but it is no upload: its job was opened, and has ended, under its former key. The mark holds for one key only,
 * so that a copy that the partner makes of the file by renaming it counts as the new file that it is. Pure.
 */
public final class Rekeyed {
    /** The metadata name of the job's id. */
    static final String JOB = "rekeyed-job";

    /** The metadata name of the digest of the key that the mark holds for. */
    static final String KEY = "rekeyed-key";

    /** The metadata name of the ETag of what was moved. */
    static final String FROM = "rekeyed-from";

    private Rekeyed() {}

    /** The metadata of a moved object. */
    public static Map<String, String> mark(ObjectInfo source, String target, String job) {
        Map<String, String> metadata = new HashMap<>(source.metadata());
        metadata.put(JOB, job);
        metadata.put(KEY, digest(target));
        metadata.put(FROM, digest(source.etag()));
        return metadata;
    }

    /** The job of an object that was moved; empty for an upload. */
    public static Optional<String> job(ObjectInfo object) {
        return digest(object.key()).equals(object.metadata().get(KEY))
                ? Optional.ofNullable(object.metadata().get(JOB))
                : Optional.empty();
    }

    /** Whether an object is what another one was moved to. */
    public static boolean isMoved(ObjectInfo target, ObjectInfo source) {
        return digest(target.key()).equals(target.metadata().get(KEY))
                && digest(source.etag()).equals(target.metadata().get(FROM))
                && target.size() == source.size();
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
