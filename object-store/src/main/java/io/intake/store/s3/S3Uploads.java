package io.intake.store.s3;

import static io.intake.store.s3.S3Exceptions.call;

import io.intake.store.AbsentException;
import io.intake.store.ByteRange;
import io.intake.store.CompleteRequest;
import io.intake.store.Content;
import io.intake.store.CopySource;
import io.intake.store.Crc32;
import io.intake.store.ObjectInfo;
import io.intake.store.Part;
import io.intake.store.PermanentStoreException;
import io.intake.store.UploadPage;
import io.intake.store.UploadRef;
import io.intake.store.UploadRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumType;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListPartsRequest;
import software.amazon.awssdk.services.s3.model.ListPartsResponse;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** Multipart uploads. */
final class S3Uploads {
    private final S3Context s3;

    S3Uploads(S3Context s3) {
        this.s3 = s3;
    }

    UploadRef start(String operation, UploadRequest request) {
        CreateMultipartUploadRequest create = CreateMultipartUploadRequest.builder()
                .bucket(s3.bucket)
                .key(request.key())
                .contentType(request.contentType())
                .metadata(request.metadata())
                .checksumAlgorithm(s3.sendsChecksums() ? ChecksumAlgorithm.CRC32 : null)
                .checksumType(s3.sendsChecksums() ? ChecksumType.FULL_OBJECT : null)
                .serverSideEncryption(s3.encryption())
                .ssekmsKeyId(s3.kmsKeyId())
                .bucketKeyEnabled(s3.bucketKey())
                .overrideConfiguration(s3.timeFor(0))
                .build();
        return new UploadRef(
                request.key(),
                call(operation, request.key(), () -> s3.client.createMultipartUpload(create))
                        .uploadId());
    }

    Part uploadPart(UploadRef upload, int number, Content content) {
        UploadPartRequest request = UploadPartRequest.builder()
                .bucket(s3.bucket)
                .key(upload.key())
                .uploadId(upload.uploadId())
                .partNumber(number)
                .contentLength(content.length())
                .checksumCRC32(s3.checksum(content.crc32()))
                .overrideConfiguration(s3.timeFor(content.length()))
                .build();
        UploadPartResponse done = call("uploadPart", upload.key(), () -> s3.client.uploadPart(request, body(content)));
        return new Part(number, content.length(), S3Context.unquote(done.eTag()), content.crc32());
    }

    static RequestBody body(Content content) {
        return RequestBody.fromContentProvider(content::newStream, content.length(), "application/octet-stream");
    }

    Part copyPart(String operation, UploadRef upload, int number, CopySource source, @Nullable ByteRange range) {
        UploadPartCopyRequest request = UploadPartCopyRequest.builder()
                .destinationBucket(s3.bucket)
                .destinationKey(upload.key())
                .uploadId(upload.uploadId())
                .partNumber(number)
                .sourceBucket(s3.orOwn(source.bucket()))
                .sourceKey(source.key())
                .sourceVersionId(source.versionId())
                .copySourceIfMatch(S3Context.quote(source.ifMatch()))
                .copySourceRange(range == null ? null : "bytes=" + range.offset() + "-" + (range.end() - 1))
                .overrideConfiguration(
                        s3.timeFor(range == null ? io.intake.store.ObjectStore.Limits.MAX_PART_BYTES : range.length()))
                .build();
        var copied = call(
                        operation,
                        upload.key(),
                        S3Context.pin(source.ifMatch()),
                        () -> s3.client.uploadPartCopy(request))
                .copyPartResult();
        return new Part(
                number,
                range == null ? -1 : range.length(),
                S3Context.unquote(copied.eTag()),
                S3Context.decode(copied.checksumCRC32()));
    }

    /** Publishes, and describes what was published without asking for it where the answer suffices. */
    ObjectInfo complete(String operation, CompleteRequest request, S3Reads reads) {
        UploadRef upload = request.upload();
        check(operation, request);
        // all or none: a store that gave no checksum for a copied part refuses a mixture
        boolean summed = request.parts().stream().allMatch(part -> part.crc32() != null);
        List<CompletedPart> parts = request.parts().stream()
                .map(part -> CompletedPart.builder()
                        .partNumber(part.number())
                        .eTag(part.etag())
                        .checksumCRC32(summed ? s3.checksum(part.crc32()) : null)
                        .build())
                .toList();
        CompleteMultipartUploadRequest complete = CompleteMultipartUploadRequest.builder()
                .bucket(s3.bucket)
                .key(upload.key())
                .uploadId(upload.uploadId())
                .multipartUpload(all -> all.parts(parts))
                .checksumCRC32(s3.checksum(request.crc32()))
                .checksumType(s3.checksum(request.crc32()) == null ? null : ChecksumType.FULL_OBJECT)
                .mpuObjectSize(request.size())
                .ifMatch(S3Context.ifMatch(request.precondition()))
                .ifNoneMatch(S3Context.ifNoneMatch(request.precondition()))
                // S3 keeps the connection alive while it puts many parts together
                .overrideConfiguration(s3.timeFor(Math.max(0, size(request))))
                .build();
        CompleteMultipartUploadResponse done = call(
                operation, upload.key(), request.precondition(), () -> s3.client.completeMultipartUpload(complete));
        long size = size(request);
        Optional<Instant> modified = S3Context.date(done.sdkHttpResponse());
        if (done.eTag() == null || done.eTag().isBlank() || size < 0 || modified.isEmpty()) {
            return reads.head(operation, upload.key(), done.versionId())
                    .orElseThrow(() -> new AbsentException(operation, upload.key(), "deleted meanwhile", null));
        }
        return new ObjectInfo(
                upload.key(), size, S3Context.unquote(done.eTag()), done.versionId(), modified.get(), null, Map.of());
    }

    private static long size(CompleteRequest request) {
        if (request.size() != null) {
            return request.size();
        }
        boolean known = request.parts().stream().allMatch(part -> part.size() >= 0);
        return known ? request.parts().stream().mapToLong(Part::size).sum() : -1;
    }

    /** Compares size, checksum and numbers with the parts' before anything is published, for stores that compare none. */
    private static void check(String operation, CompleteRequest request) {
        String key = request.upload().key();
        for (int i = 0; i < request.parts().size(); i++) {
            if (request.parts().get(i).number() != i + 1) {
                throw new PermanentStoreException(operation, key, "part numbers are not consecutive from 1", null);
            }
        }
        boolean sized = request.parts().stream().allMatch(part -> part.size() >= 0);
        long size = request.parts().stream().mapToLong(Part::size).sum();
        if (request.size() != null && sized && request.size() != size) {
            throw new PermanentStoreException(
                    operation, key, "the parts make " + size + " bytes, not " + request.size(), null);
        }
        if (request.crc32() == null || !sized) {
            return;
        }
        long crc32 = Crc32.EMPTY;
        for (Part part : request.parts()) {
            if (part.crc32() == null) {
                return;
            }
            crc32 = Crc32.combine(crc32, part.crc32(), part.size());
        }
        if (crc32 != request.crc32()) {
            throw new PermanentStoreException(operation, key, "the parts do not make the checksum", null);
        }
    }

    void abort(UploadRef upload) {
        AbortMultipartUploadRequest request = AbortMultipartUploadRequest.builder()
                .bucket(s3.bucket)
                .key(upload.key())
                .uploadId(upload.uploadId())
                .overrideConfiguration(s3.timeFor(0))
                .build();
        try {
            call("abortUpload", upload.key(), () -> s3.client.abortMultipartUpload(request));
        } catch (AbsentException _) {
            // completed, or aborted by somebody else: what was asked for holds
        }
    }

    /** The continuation is the last upload's id and key, with a line feed, which no id holds, between them. */
    UploadPage list(String prefix, @Nullable String continuation) {
        ListMultipartUploadsRequest.Builder list = ListMultipartUploadsRequest.builder()
                .bucket(s3.bucket)
                .prefix(prefix)
                .encodingType(EncodingType.URL)
                .overrideConfiguration(s3.timeFor(0));
        if (continuation != null) {
            int end = continuation.indexOf('\n');
            list.uploadIdMarker(continuation.substring(0, end)).keyMarker(continuation.substring(end + 1));
        }
        ListMultipartUploadsResponse page =
                call("listUploads", prefix, () -> s3.client.listMultipartUploads(list.build()));
        List<UploadPage.Unfinished> uploads = page.uploads().stream()
                .map(upload ->
                        new UploadPage.Unfinished(new UploadRef(upload.key(), upload.uploadId()), upload.initiated()))
                .toList();
        return new UploadPage(
                uploads,
                Boolean.TRUE.equals(page.isTruncated())
                        ? page.nextUploadIdMarker() + "\n" + page.nextKeyMarker()
                        : null);
    }

    List<Part> listParts(UploadRef upload) {
        List<Part> parts = new ArrayList<>();
        Integer marker = null;
        while (true) {
            ListPartsRequest request = ListPartsRequest.builder()
                    .bucket(s3.bucket)
                    .key(upload.key())
                    .uploadId(upload.uploadId())
                    .partNumberMarker(marker)
                    .overrideConfiguration(s3.timeFor(0))
                    .build();
            ListPartsResponse page = call("listParts", upload.key(), () -> s3.client.listParts(request));
            page.parts()
                    .forEach(part -> parts.add(new Part(
                            part.partNumber(),
                            part.size(),
                            S3Context.unquote(part.eTag()),
                            S3Context.decode(part.checksumCRC32()))));
            if (!Boolean.TRUE.equals(page.isTruncated()) || page.parts().isEmpty()) {
                parts.sort(java.util.Comparator.comparingInt(Part::number));
                return List.copyOf(parts);
            }
            marker = page.nextPartNumberMarker();
        }
    }
}
