package io.intake.store.s3;

import io.intake.store.Precondition;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** What every S3 call of one store needs: the client, the bucket, and how the port's values look in S3's requests. Thread-safe. */
final class S3Context {
    /** The slowest transfer that is not taken for a dead one. */
    private static final long BYTES_PER_SECOND = 64 << 10;

    final S3Client client;
    final String bucket;
    private final S3Settings settings;

    S3Context(S3Client client, S3Settings settings) {
        this.client = client;
        this.bucket = settings.bucket();
        this.settings = settings;
    }

    /** Another bucket, or ours. */
    String orOwn(@Nullable String other) {
        return other == null ? bucket : other;
    }

    /** Whether checksums go along with content. */
    boolean sendsChecksums() {
        return settings.checksums() == S3Settings.Checksums.WHEN_SUPPORTED;
    }

    /** The checksum as S3 wants it, or null where none is to be sent. */
    @Nullable
    String checksum(@Nullable Long crc32) {
        return crc32 == null || !sendsChecksums() ? null : encode(crc32);
    }

    static String encode(long crc32) {
        byte[] bytes = ByteBuffer.allocate(Integer.BYTES).putInt((int) crc32).array();
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** The checksum as the port wants it; null where the store sent none, or one that is not of the whole run. */
    static @Nullable Long decode(@Nullable String checksum) {
        if (checksum == null || checksum.contains("-")) {
            return null;
        }
        byte[] bytes = Base64.getDecoder().decode(checksum);
        return bytes.length == Integer.BYTES
                ? (Long) Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt())
                : null;
    }

    /** Gives one attempt of a call the time that its content may take. */
    AwsRequestOverrideConfiguration timeFor(long bytes) {
        return AwsRequestOverrideConfiguration.builder()
                .apiCallAttemptTimeout(duration(bytes))
                .build();
    }

    /** What one attempt of a call that moves so many bytes may take. */
    Duration duration(long bytes) {
        return settings.callTimeout().plusSeconds(bytes / BYTES_PER_SECOND);
    }

    @Nullable
    ServerSideEncryption encryption() {
        return settings.kmsKeyId() == null ? null : ServerSideEncryption.AWS_KMS;
    }

    @Nullable
    String kmsKeyId() {
        return settings.kmsKeyId();
    }

    /** Asks S3 to use one data key for many objects: KMS is billed and throttled by request. */
    @Nullable
    Boolean bucketKey() {
        return settings.kmsKeyId() == null ? null : Boolean.TRUE;
    }

    static @Nullable String ifNoneMatch(Precondition precondition) {
        return precondition instanceof Precondition.IfAbsent ? "*" : null;
    }

    static @Nullable String ifMatch(Precondition precondition) {
        return precondition instanceof Precondition.IfMatch(String etag) ? etag : null;
    }

    /** What a read or copy is pinned to, as a condition: a 412 then means that the object was replaced. */
    static Precondition pin(@Nullable String etag) {
        return etag == null ? Precondition.ALWAYS : Precondition.ifMatch(etag);
    }

    /**
     * The ETag for a copy's source. In quotes, as HTTP has it: there every store takes them, and some need them. Elsewhere it
     * goes without, because some stores compare it to the bare one.
     */
    static @Nullable String quote(@Nullable String etag) {
        return etag == null ? null : '"' + etag + '"';
    }

    /** The bare ETag; empty where a store gives none, as some do for what they keep as folders. */
    static String unquote(@Nullable String etag) {
        if (etag == null) {
            return "";
        }
        return etag.length() >= 2 && etag.startsWith("\"") && etag.endsWith("\"")
                ? etag.substring(1, etag.length() - 1)
                : etag;
    }

    /** The store's clock, from an answer's Date header. */
    static Optional<Instant> date(@Nullable SdkHttpResponse response) {
        return Optional.ofNullable(response)
                .flatMap(found -> found.firstMatchingHeader("Date"))
                .flatMap(S3Context::parse);
    }

    /** The same, from the header's value. */
    static Optional<Instant> date(@Nullable String header) {
        return Optional.ofNullable(header).flatMap(S3Context::parse);
    }

    private static Optional<Instant> parse(String date) {
        try {
            return Optional.of(ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeParseException _) {
            return Optional.empty();
        }
    }
}
