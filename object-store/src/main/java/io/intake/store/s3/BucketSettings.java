package io.intake.store.s3;

import static io.intake.store.s3.S3Exceptions.call;

import io.intake.store.AbsentException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.Event;
import software.amazon.awssdk.services.s3.model.ExpirationStatus;
import software.amazon.awssdk.services.s3.model.GetBucketNotificationConfigurationResponse;
import software.amazon.awssdk.services.s3.model.LifecycleRule;
import software.amazon.awssdk.services.s3.model.NotificationConfigurationFilter;
import software.amazon.awssdk.services.s3.model.PublicAccessBlockConfiguration;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionRule;

/**
 * How a bucket is set up, for who wants to know whether it is as it should be. Reads only. Thread-safe; every call blocks, and
 * fails as those of {@link io.intake.store.ObjectStore} do.
 */
public final class BucketSettings implements AutoCloseable {
    private final S3Client client;
    private final String bucket;

    /** For the bucket of some settings. */
    public BucketSettings(S3Settings settings) {
        this.client = S3Clients.light(settings, S3Clients.credentials(settings));
        this.bucket = settings.bucket();
    }

    /**
     * How objects are encrypted that say nothing of it.
     *
     * @param algorithm {@code aws:kms} or {@code AES256}
     * @param bucketKey whether one key of KMS's serves many objects
     */
    public record Encryption(String algorithm, boolean bucketKey) {}

    /**
     * What raises an event.
     *
     * @param prefix of keys
     * @param created whether the creation of an object does, by whatever call
     */
    public record Notification(String prefix, boolean created) {}

    /**
     * What expires.
     *
     * @param prefix of keys; empty for all
     * @param days after which objects do; null if they do not
     * @param abortDays after which unfinished uploads do; null if they do not
     */
    public record Expiry(
            String prefix, @Nullable Integer days, @Nullable Integer abortDays) {}

    /** The store's time, from the head of its answer; empty where it has none. */
    public Optional<Instant> date() {
        return call(
                "headBucket",
                "",
                () -> S3Context.date(
                        client.headBucket(head -> head.bucket(bucket)).sdkHttpResponse()));
    }

    public boolean versioned() {
        return call(
                        "getBucketVersioning",
                        "",
                        () -> client.getBucketVersioning(get -> get.bucket(bucket))
                                .status())
                == BucketVersioningStatus.ENABLED;
    }

    /** Empty if nothing is encrypted by default. */
    public Optional<Encryption> encryption() {
        try {
            return call(
                    "getBucketEncryption",
                    "",
                    () ->
                            client
                                    .getBucketEncryption(get -> get.bucket(bucket))
                                    .serverSideEncryptionConfiguration()
                                    .rules()
                                    .stream()
                                    .findFirst()
                                    .map(BucketSettings::encryption));
        } catch (AbsentException none) {
            return Optional.empty();
        }
    }

    private static Encryption encryption(ServerSideEncryptionRule rule) {
        return new Encryption(
                rule.applyServerSideEncryptionByDefault().sseAlgorithmAsString(),
                Boolean.TRUE.equals(rule.bucketKeyEnabled()));
    }

    /** Whether all of S3's four blocks of public access are on. */
    public boolean closedToThePublic() {
        try {
            PublicAccessBlockConfiguration block = call(
                    "getPublicAccessBlock",
                    "",
                    () -> client.getPublicAccessBlock(get -> get.bucket(bucket)).publicAccessBlockConfiguration());
            return Stream.of(
                            block.blockPublicAcls(),
                            block.blockPublicPolicy(),
                            block.ignorePublicAcls(),
                            block.restrictPublicBuckets())
                    .allMatch(Boolean.TRUE::equals);
        } catch (AbsentException none) {
            return false;
        }
    }

    /** What starts functions. */
    public List<Notification> notifications() {
        GetBucketNotificationConfigurationResponse answer = call(
                "getBucketNotificationConfiguration",
                "",
                () -> client.getBucketNotificationConfiguration(get -> get.bucket(bucket)));
        List<Notification> all = new ArrayList<>();
        answer.lambdaFunctionConfigurations()
                .forEach(rule -> all.add(
                        new Notification(prefix(rule.filter()), rule.events().contains(Event.S3_OBJECT_CREATED))));
        return List.copyOf(all);
    }

    private static String prefix(@Nullable NotificationConfigurationFilter filter) {
        return filter == null || filter.key() == null
                ? ""
                : filter.key().filterRules().stream()
                        .filter(rule -> "prefix".equalsIgnoreCase(rule.nameAsString()))
                        .map(rule -> rule.value())
                        .findFirst()
                        .orElse("");
    }

    /** The rules that are in force. */
    public List<Expiry> lifecycle() {
        try {
            return call(
                    "getBucketLifecycleConfiguration",
                    "",
                    () -> client.getBucketLifecycleConfiguration(get -> get.bucket(bucket)).rules().stream()
                            .filter(rule -> rule.status() == ExpirationStatus.ENABLED)
                            .map(BucketSettings::expiry)
                            .toList());
        } catch (AbsentException none) {
            return List.of();
        }
    }

    private static Expiry expiry(LifecycleRule rule) {
        return new Expiry(
                prefix(rule),
                rule.expiration() == null ? null : rule.expiration().days(),
                rule.abortIncompleteMultipartUpload() == null
                        ? null
                        : rule.abortIncompleteMultipartUpload().daysAfterInitiation());
    }

    /** A rule for large objects only says its prefix at another place. */
    private static String prefix(LifecycleRule rule) {
        if (rule.filter() == null) {
            return "";
        }
        @Nullable String plain = rule.filter().prefix();
        @Nullable
        String both = rule.filter().and() == null ? null : rule.filter().and().prefix();
        return plain != null ? plain : both != null ? both : "";
    }

    @Override
    public void close() {
        client.close();
    }
}
