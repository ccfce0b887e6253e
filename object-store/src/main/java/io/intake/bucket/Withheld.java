package io.intake.bucket;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * Objects under {@code inbound/} that no job may be opened for, although they raise an event. A large upload with a temporary
 * name is made under the name that the gateway expects it to be renamed to. If it is renamed to another one, it must be
 * completed under the expected name and copied from there, because parts cannot be moved. For that time a mark says that the
 * object under the expected name is not what the partner has put there. Pure.
 *
 * <p>The mark names key and upload, so that neither a copy nor another file under the same key is withheld.
 */
public final class Withheld {
    /** The metadata name of the upload's id. */
    public static final String UPLOAD_ID = "upload-id";

    /** The metadata name that says that an upload was made under the name expected for it; only then a mark can exist. */
    public static final String EXPECTED = "expected-name";

    private Withheld() {}

    /**
     * The mark's key.
     *
     * @param objectKey of the object that is withheld
     * @param uploadId in its metadata
     */
    public static String mark(String partner, String objectKey, String uploadId) {
        return BucketLayout.UPLOADS + partner + "/withheld/" + digest(objectKey + "\n" + uploadId);
    }

    /** The key of the mark that an object may have; empty if it cannot have one. */
    public static Optional<String> mark(String partner, String objectKey, Map<String, String> metadata) {
        String uploadId = metadata.get(UPLOAD_ID);
        return metadata.containsKey(EXPECTED) && uploadId != null
                ? Optional.of(mark(partner, objectKey, uploadId))
                : Optional.empty();
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
