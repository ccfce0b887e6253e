package io.intake.store.s3;

import static io.intake.store.s3.S3Exceptions.call;

import io.intake.store.AbsentException;
import io.intake.store.ByteRange;
import io.intake.store.CompleteRequest;
import io.intake.store.ConflictException;
import io.intake.store.CopySource;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore.Limits;
import io.intake.store.Part;
import io.intake.store.Precondition;
import io.intake.store.StoreException;
import io.intake.store.TransientStoreException;
import io.intake.store.UploadRef;
import io.intake.store.UploadRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.MetadataDirective;

/**
 * Copies inside the store: in one request up to S3's limit for that, beyond it as an upload whose parts are copied, several
 * at once.
 */
final class S3Copies {
    private static final int AT_ONCE = 8;

    /** How often an unpinned copy starts over because its source was replaced meanwhile. */
    private static final int ATTEMPTS = 3;

    private final S3Context s3;
    private final S3Reads reads;
    private final S3Uploads uploads;
    private final long singleBytes;
    private final long partBytes;

    /**
     * @param singleBytes the largest source that one request copies
     * @param partBytes of a larger source's parts; they grow where 10,000 would not suffice
     */
    S3Copies(S3Context s3, S3Reads reads, S3Uploads uploads, long singleBytes, long partBytes) {
        this.s3 = s3;
        this.reads = reads;
        this.uploads = uploads;
        this.singleBytes = singleBytes;
        this.partBytes = partBytes;
    }

    ObjectInfo copy(CopySource source, String target, Map<String, String> more) {
        for (int attempt = 1; ; attempt++) {
            ObjectInfo found = reads.head("copy", source.bucket(), source.key(), source.versionId())
                    .orElseThrow(() -> new AbsentException("copy", source.key(), "no such object", null));
            if (source.ifMatch() != null && !source.ifMatch().equals(found.etag())) {
                throw new ConflictException("copy", source.key(), "the object was replaced", null);
            }
            CopySource pinned = new CopySource(source.key(), found.etag(), source.versionId(), source.bucket());
            try {
                Map<String, String> metadata = new HashMap<>(found.metadata());
                metadata.putAll(more);
                return found.size() <= singleBytes
                        ? single(pinned, found, target, metadata)
                        : parts(pinned, found, target, metadata);
            } catch (ConflictException replaced) {
                if (source.ifMatch() != null || attempt == ATTEMPTS) {
                    throw replaced;
                }
            }
        }
    }

    private ObjectInfo single(CopySource source, ObjectInfo found, String target, Map<String, String> metadata) {
        CopyObjectRequest.Builder request = CopyObjectRequest.builder()
                .sourceBucket(s3.orOwn(source.bucket()))
                .sourceKey(source.key())
                .sourceVersionId(source.versionId())
                .copySourceIfMatch(S3Context.quote(source.ifMatch()))
                .destinationBucket(s3.bucket)
                .destinationKey(target)
                .serverSideEncryption(s3.encryption())
                .ssekmsKeyId(s3.kmsKeyId())
                .bucketKeyEnabled(s3.bucketKey())
                .overrideConfiguration(s3.timeFor(found.size()));
        if (!metadata.equals(found.metadata())) {
            request = request.metadataDirective(MetadataDirective.REPLACE)
                    .metadata(metadata)
                    .contentType(type(found));
        }
        CopyObjectRequest whole = request.build();
        CopyObjectResponse done =
                call("copy", target, S3Context.pin(source.ifMatch()), () -> s3.client.copyObject(whole));
        return new ObjectInfo(
                target,
                found.size(),
                S3Context.unquote(done.copyObjectResult().eTag()),
                done.versionId(),
                done.copyObjectResult().lastModified(),
                found.contentType(),
                metadata);
    }

    private static String type(ObjectInfo found) {
        return found.contentType() == null ? "application/octet-stream" : found.contentType();
    }

    private ObjectInfo parts(CopySource source, ObjectInfo found, String target, Map<String, String> metadata) {
        String type = type(found);
        UploadRef upload = uploads.start("copy", new UploadRequest(target, type, metadata));
        try {
            List<Part> parts = copyAll(upload, source, ranges(found.size()));
            ObjectInfo done = uploads.complete(
                    "copy", new CompleteRequest(upload, parts, found.size(), null, Precondition.ALWAYS), reads);
            return new ObjectInfo(
                    target, done.size(), done.etag(), done.versionId(), done.lastModified(), type, metadata);
        } catch (RuntimeException e) {
            abort(upload, e);
            throw e;
        }
    }

    private List<ByteRange> ranges(long size) {
        long step = Math.max(partBytes, Math.ceilDiv(size, Limits.MAX_PARTS));
        List<ByteRange> ranges = new ArrayList<>();
        for (long offset = 0; offset < size; offset += step) {
            ranges.add(new ByteRange(offset, Math.min(step, size - offset)));
        }
        return ranges;
    }

    private List<Part> copyAll(UploadRef upload, CopySource source, List<ByteRange> ranges) {
        Semaphore free = new Semaphore(AT_ONCE);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Part>> running = new ArrayList<>();
            for (int i = 0; i < ranges.size(); i++) {
                int number = i + 1;
                ByteRange range = ranges.get(i);
                running.add(threads.submit(() -> {
                    free.acquire();
                    try {
                        return uploads.copyPart("copy", upload, number, source, range);
                    } finally {
                        free.release();
                    }
                }));
            }
            return await(upload, threads, running);
        }
    }

    /** All parts, or the first failure, which ends the others. */
    private static List<Part> await(UploadRef upload, ExecutorService threads, List<Future<Part>> running) {
        List<Part> parts = new ArrayList<>();
        try {
            for (Future<Part> part : running) {
                parts.add(part.get());
            }
            return parts;
        } catch (ExecutionException e) {
            threads.shutdownNow();
            if (e.getCause() instanceof StoreException failure) {
                throw failure;
            }
            throw new IllegalStateException("copying a part failed", e.getCause());
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
            throw new TransientStoreException("copy", upload.key(), "interrupted", e);
        }
    }

    private void abort(UploadRef upload, RuntimeException cause) {
        try {
            uploads.abort(upload);
        } catch (StoreException e) {
            // the bucket's rule for unfinished uploads will; the cause of the failure must not be masked
            cause.addSuppressed(e);
        }
    }
}
