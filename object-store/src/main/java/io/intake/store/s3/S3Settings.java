package io.intake.store.s3;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which bucket, where, and how to talk to it. Immutable.
 *
 * @param endpoint null for AWS itself; else the address of an S3-compatible store, which is then asked with the bucket in
 *     the path, because such stores rarely have a host name per bucket
 * @param region as AWS names it; goes into every signature
 * @param bucket the bucket's name
 * @param credentials null for the SDK's default chain (environment, container or instance role)
 * @param checksums whether checksums are sent
 * @param maxConnections at once; only the pooled client obeys
 * @param connectTimeout for one connection
 * @param callTimeout for one attempt of one call that moves no content, and for silence in the middle of content; content
 *     gets more time according to its length
 * @param attempts per call, the first included
 * @param kmsKeyId null for the bucket's default encryption; else the KMS key for all that is written
 */
public record S3Settings(
        @Nullable URI endpoint,
        String region,
        String bucket,
        @Nullable Credentials credentials,
        Checksums checksums,
        int maxConnections,
        Duration connectTimeout,
        Duration callTimeout,
        int attempts,
        @Nullable String kmsKeyId) {

    /** A fixed pair of keys. */
    public record Credentials(String accessKey, String secretKey) {
        /** Without the secret: settings get logged. */
        @Override
        public String toString() {
            return "Credentials[" + accessKey + "]";
        }
    }

    /** When checksums are sent with content; named as the SDK's and the CLI's setting. */
    public enum Checksums {
        /** CRC32 with every object, part and whole upload. */
        WHEN_SUPPORTED,
        /** None but what a call cannot do without: some stores refuse the newer headers. */
        WHEN_REQUIRED
    }

    public S3Settings {
        if (bucket.isBlank() || region.isBlank()) {
            throw new IllegalArgumentException("bucket and region must be given");
        }
        if (maxConnections < 1 || attempts < 1) {
            throw new IllegalArgumentException("maxConnections and attempts start at 1");
        }
    }

    /** A bucket on AWS with the default credentials and time-outs. */
    public static S3Settings of(String bucket, String region) {
        return new S3Settings(
                null,
                region,
                bucket,
                null,
                Checksums.WHEN_SUPPORTED,
                64,
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                4,
                null);
    }

    /** The same, elsewhere. */
    public S3Settings withEndpoint(@Nullable URI value) {
        return new S3Settings(
                value,
                region,
                bucket,
                credentials,
                checksums,
                maxConnections,
                connectTimeout,
                callTimeout,
                attempts,
                kmsKeyId);
    }

    /**
     * The same for another bucket, which is encrypted by its own default.
     *
     * @param otherRegion null for the same
     */
    public S3Settings elsewhere(String otherBucket, @Nullable String otherRegion) {
        return new S3Settings(
                endpoint,
                otherRegion == null ? region : otherRegion,
                otherBucket,
                credentials,
                checksums,
                maxConnections,
                connectTimeout,
                callTimeout,
                attempts,
                null);
    }

    /** The same with other credentials. */
    public S3Settings withCredentials(@Nullable Credentials value) {
        return new S3Settings(
                endpoint,
                region,
                bucket,
                value,
                checksums,
                maxConnections,
                connectTimeout,
                callTimeout,
                attempts,
                kmsKeyId);
    }

    /** The same with another checksum mode. */
    public S3Settings withChecksums(Checksums value) {
        return new S3Settings(
                endpoint,
                region,
                bucket,
                credentials,
                value,
                maxConnections,
                connectTimeout,
                callTimeout,
                attempts,
                kmsKeyId);
    }

    /** The same with another pool size. */
    public S3Settings withMaxConnections(int value) {
        return new S3Settings(
                endpoint,
                region,
                bucket,
                credentials,
                checksums,
                value,
                connectTimeout,
                callTimeout,
                attempts,
                kmsKeyId);
    }

    /** The same with other time-outs and another number of attempts. */
    public S3Settings withPatience(Duration connect, Duration call, int attemptsPerCall) {
        return new S3Settings(
                endpoint,
                region,
                bucket,
                credentials,
                checksums,
                maxConnections,
                connect,
                call,
                attemptsPerCall,
                kmsKeyId);
    }

    /** The same with another key for encryption. */
    public S3Settings withKmsKeyId(@Nullable String value) {
        return new S3Settings(
                endpoint,
                region,
                bucket,
                credentials,
                checksums,
                maxConnections,
                connectTimeout,
                callTimeout,
                attempts,
                value);
    }

    /** Whether the bucket goes into the path instead of the host name. */
    public boolean pathStyle() {
        return endpoint != null;
    }

    /**
     * Reads settings from environment variables: {@code INTAKE_BUCKET} (required), {@code AWS_REGION} (required unless an
     * endpoint is given), {@code INTAKE_S3_ENDPOINT}, {@code INTAKE_S3_ACCESS_KEY} with {@code INTAKE_S3_SECRET_KEY},
     * {@code INTAKE_S3_CHECKSUMS} ({@code when_supported} or {@code when_required}) and {@code INTAKE_KMS_KEY}. A variable
     * that is blank counts as not given.
     *
     * @throws IllegalArgumentException naming every mistake, one per line; never the secret
     */
    public static S3Settings fromEnvironment(Map<String, String> environment) {
        List<String> mistakes = new ArrayList<>();
        String bucket = value(environment, "INTAKE_BUCKET");
        if (bucket == null) {
            mistakes.add("INTAKE_BUCKET is not set");
        }
        URI endpoint = endpoint(value(environment, "INTAKE_S3_ENDPOINT"), mistakes);
        String region = value(environment, "AWS_REGION");
        if (region == null && value(environment, "INTAKE_S3_ENDPOINT") == null) {
            mistakes.add("AWS_REGION is not set");
        }
        Credentials credentials = credentials(environment, mistakes);
        Checksums checksums = checksums(value(environment, "INTAKE_S3_CHECKSUMS"), mistakes);
        String kmsKeyId = value(environment, "INTAKE_KMS_KEY");
        if (!mistakes.isEmpty() || bucket == null) {
            throw new IllegalArgumentException(String.join("\n", mistakes));
        }
        return of(bucket, region == null ? "us-east-1" : region)
                .withEndpoint(endpoint)
                .withCredentials(credentials)
                .withChecksums(checksums)
                .withKmsKeyId(kmsKeyId);
    }

    private static @Nullable String value(Map<String, String> environment, String name) {
        String value = environment.get(name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    private static @Nullable URI endpoint(@Nullable String text, List<String> mistakes) {
        if (text == null) {
            return null;
        }
        try {
            URI uri = new URI(text);
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (web && uri.getHost() != null && uri.getUserInfo() == null) {
                return uri;
            }
        } catch (URISyntaxException _) {
            // the mistake below says the same
        }
        mistakes.add("INTAKE_S3_ENDPOINT is not an http or https address without a user name");
        return null;
    }

    private static @Nullable Credentials credentials(Map<String, String> environment, List<String> mistakes) {
        String accessKey = value(environment, "INTAKE_S3_ACCESS_KEY");
        String secretKey = value(environment, "INTAKE_S3_SECRET_KEY");
        if ((accessKey == null) != (secretKey == null)) {
            mistakes.add("INTAKE_S3_ACCESS_KEY and INTAKE_S3_SECRET_KEY belong together: one of them is not set");
        }
        return accessKey == null || secretKey == null ? null : new Credentials(accessKey, secretKey);
    }

    private static Checksums checksums(@Nullable String text, List<String> mistakes) {
        return switch (text) {
            case null -> Checksums.WHEN_SUPPORTED;
            case "when_supported" -> Checksums.WHEN_SUPPORTED;
            case "when_required" -> Checksums.WHEN_REQUIRED;
            default -> {
                mistakes.add("INTAKE_S3_CHECKSUMS is neither when_supported nor when_required");
                yield Checksums.WHEN_SUPPORTED;
            }
        };
    }
}
