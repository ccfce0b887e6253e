package io.intake.store.s3;

import static io.intake.store.s3.S3Exceptions.call;

import io.intake.store.AbsentException;
import io.intake.store.ByteRange;
import io.intake.store.ListPage;
import io.intake.store.ListRequest;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.PermanentStoreException;
import io.intake.store.ReadRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/** The calls that change nothing. */
final class S3Reads {
    private final S3Context s3;

    S3Reads(S3Context s3) {
        this.s3 = s3;
    }

    Optional<ObjectInfo> head(String operation, String key, @Nullable String versionId) {
        return head(operation, null, key, versionId);
    }

    /** @param bucket null for our own */
    Optional<ObjectInfo> head(String operation, @Nullable String bucket, String key, @Nullable String versionId) {
        HeadObjectRequest request = HeadObjectRequest.builder()
                .bucket(s3.orOwn(bucket))
                .key(key)
                .versionId(versionId)
                .overrideConfiguration(s3.timeFor(0))
                .build();
        try {
            HeadObjectResponse head = call(operation, key, () -> s3.client.headObject(request));
            return Optional.of(new ObjectInfo(
                    key,
                    head.contentLength(),
                    S3Context.unquote(head.eTag()),
                    head.versionId(),
                    head.lastModified(),
                    head.contentType(),
                    head.metadata()));
        } catch (AbsentException _) {
            return Optional.empty();
        }
    }

    ObjectContent read(ReadRequest request) {
        ByteRange range = request.range();
        GetObjectRequest.Builder get = GetObjectRequest.builder()
                .bucket(s3.bucket)
                .key(request.key())
                .ifMatch(request.ifMatch())
                .versionId(request.versionId())
                .overrideConfiguration(s3.timeFor(0));
        if (range != null) {
            get.range(header(range));
        } else if (s3.sendsChecksums()) {
            get.checksumMode(ChecksumMode.ENABLED);
        }
        ResponseInputStream<GetObjectResponse> opened =
                call("read", request.key(), S3Context.pin(request.ifMatch()), () -> s3.client.getObject(get.build()));
        try {
            GetObjectResponse head = opened.response();
            return new S3Content(info(request, head), opened, head.contentLength());
        } catch (RuntimeException e) {
            opened.abort();
            throw e;
        }
    }

    /** The range as HTTP names it. */
    static String header(ByteRange range) {
        long longest = Long.MAX_VALUE - range.offset();
        long last = range.offset() + Math.min(range.length(), longest) - 1;
        return "bytes=" + range.offset() + "-" + last;
    }

    private static ObjectInfo info(ReadRequest request, GetObjectResponse head) {
        return new ObjectInfo(
                request.key(),
                request.range() == null ? head.contentLength() : wholeSize(request.key(), head.contentRange()),
                S3Context.unquote(head.eTag()),
                head.versionId(),
                head.lastModified(),
                head.contentType(),
                head.metadata());
    }

    /** The whole object's size, from {@code bytes 0-9/100}. Without it the answer would be the object, not the range. */
    static long wholeSize(String key, @Nullable String contentRange) {
        int slash = contentRange == null ? -1 : contentRange.indexOf('/');
        if (contentRange == null || slash < 0) {
            throw new PermanentStoreException("read", key, "the store does not answer ranges", null);
        }
        return Long.parseLong(contentRange, slash + 1, contentRange.length(), 10);
    }

    ListPage list(ListRequest request) {
        ListObjectsV2Request list = ListObjectsV2Request.builder()
                .bucket(s3.bucket)
                .prefix(request.prefix())
                .delimiter(request.delimiter())
                .startAfter(request.continuation() == null ? request.startAfter() : null)
                .continuationToken(request.continuation())
                .maxKeys(request.limit())
                // XML cannot hold all that a key may hold; the SDK decodes what the store encoded
                .encodingType(EncodingType.URL)
                .overrideConfiguration(s3.timeFor(0))
                .build();
        ListObjectsV2Response page = call("list", request.prefix(), () -> s3.client.listObjectsV2(list));
        List<ObjectInfo> objects = page.contents().stream().map(S3Reads::listed).toList();
        List<String> prefixes =
                page.commonPrefixes().stream().map(CommonPrefix::prefix).toList();
        return new ListPage(
                objects, prefixes, Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null);
    }

    private static ObjectInfo listed(S3Object object) {
        Instant modified = object.lastModified();
        return new ObjectInfo(
                object.key(), object.size(), S3Context.unquote(object.eTag()), null, modified, null, Map.of());
    }
}
