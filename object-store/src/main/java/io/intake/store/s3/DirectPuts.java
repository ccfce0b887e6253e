package io.intake.store.s3;

import io.intake.store.Content;
import io.intake.store.ObjectInfo;
import io.intake.store.Part;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.UploadRef;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** PutObject and UploadPart by {@link DirectSender}. Thread-safe. */
final class DirectPuts implements AutoCloseable {
    private final S3Context s3;
    private final DirectSender sender;
    private final RememberedDate dates = new RememberedDate();

    DirectPuts(S3Context s3, DirectSender sender) {
        this.s3 = s3;
        this.sender = sender;
    }

    /** @param fallback asks the store for the object's time, where its answer has none */
    ObjectInfo put(PutRequest request, Supplier<Instant> fallback) {
        Content content = request.content();
        Precondition condition = request.precondition();
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", request.contentType());
        request.metadata().forEach((name, value) -> headers.put("x-amz-meta-" + name, value));
        add(headers, "x-amz-checksum-crc32", s3.checksum(content.crc32()));
        add(headers, "If-Match", S3Context.ifMatch(condition));
        add(headers, "If-None-Match", S3Context.ifNoneMatch(condition));
        if (s3.kmsKeyId() != null) {
            add(headers, "x-amz-server-side-encryption", "aws:kms");
            add(headers, "x-amz-server-side-encryption-aws-kms-key-id", s3.kmsKeyId());
            add(headers, "x-amz-server-side-encryption-bucket-key-enabled", "true");
        }
        HttpAnswer answer = sender.put("put", request.key(), condition, Map.of(), headers, content);
        return new ObjectInfo(
                request.key(),
                content.length(),
                etag(answer),
                answer.header("x-amz-version-id"),
                dates.of(answer.header("date")).orElseGet(fallback),
                request.contentType(),
                request.metadata());
    }

    Part uploadPart(UploadRef upload, int number, Content content) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/octet-stream");
        add(headers, "x-amz-checksum-crc32", s3.checksum(content.crc32()));
        Map<String, String> query = new LinkedHashMap<>();
        query.put("partNumber", Integer.toString(number));
        query.put("uploadId", upload.uploadId());
        HttpAnswer answer = sender.put("uploadPart", upload.key(), Precondition.ALWAYS, query, headers, content);
        return new Part(number, content.length(), etag(answer), content.crc32());
    }

    private static String etag(HttpAnswer answer) {
        String etag = answer.header("etag");
        return S3Context.unquote(etag == null ? "" : etag);
    }

    private static void add(Map<String, String> headers, String name, @Nullable String value) {
        if (value != null) {
            headers.put(name, value);
        }
    }

    @Override
    public void close() {
        sender.close();
    }
}
