package io.intake.store.s3;

import static io.intake.store.s3.S3Exceptions.call;

import io.intake.store.AbsentException;
import io.intake.store.ByteRange;
import io.intake.store.CompleteRequest;
import io.intake.store.Content;
import io.intake.store.CopySource;
import io.intake.store.ListPage;
import io.intake.store.ListRequest;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.Part;
import io.intake.store.PutRequest;
import io.intake.store.ReadRequest;
import io.intake.store.UploadPage;
import io.intake.store.UploadRef;
import io.intake.store.UploadRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * One bucket of Amazon S3 or of a store that speaks its protocol. Thread-safe; every call blocks its thread, which may be a
 * virtual one.
 *
 * <p>Calls that fail in passing are tried again by the SDK as often as the settings say, with growing pauses; a conditional
 * write may therefore meet its own success (see {@link io.intake.store.ConditionalWrites}).
 *
 * <p>Time-outs work by interrupting the calling thread, which the SDK undoes; a caller that is interrupted from outside gets
 * a {@link io.intake.store.TransientStoreException} and keeps its interrupt flag.
 */
public final class S3ObjectStore implements ObjectStore {
    private static final long COPY_PART_BYTES = 256L << 20;

    private final S3Context s3;
    private final S3Reads reads;
    private final S3Uploads uploads;
    private final S3Copies copies;

    /** Null where content goes the SDK's way. */
    private final @Nullable DirectPuts direct;
    /** Null likewise. */
    private final @Nullable DirectGets ranges;

    private S3ObjectStore(S3Context s3, @Nullable DirectSender sender, long singleCopyBytes, long copyPartBytes) {
        this.s3 = s3;
        this.direct = sender == null ? null : new DirectPuts(s3, sender);
        this.ranges = sender == null ? null : new DirectGets(sender);
        this.reads = new S3Reads(s3);
        this.uploads = new S3Uploads(s3);
        this.copies = new S3Copies(s3, reads, uploads, singleCopyBytes, copyPartBytes);
    }

    /** For a process that runs for long and sends from many threads: a pool of connections. */
    public static S3ObjectStore pooled(S3Settings settings) {
        return withCopyLimits(settings, Limits.MAX_PART_BYTES, COPY_PART_BYTES);
    }

    /**
     * For a function: content goes as in {@link #pooled}, all else over the JDK's connections, which start quickly. Both kinds of
     * connections are opened anew where they did not survive that the function was frozen.
     */
    public static S3ObjectStore light(S3Settings settings) {
        return open(settings, S3Clients::light, Limits.MAX_PART_BYTES, COPY_PART_BYTES);
    }

    /** A pooled store that copies in parts from a size on that a test can afford. */
    static S3ObjectStore withCopyLimits(S3Settings settings, long singleCopyBytes, long copyPartBytes) {
        return open(settings, S3Clients::pooled, singleCopyBytes, copyPartBytes);
    }

    private static S3ObjectStore open(
            S3Settings settings,
            BiFunction<S3Settings, AwsCredentialsProvider, S3Client> client,
            long singleCopyBytes,
            long copyPartBytes) {
        AwsCredentialsProvider credentials = S3Clients.credentials(settings);
        S3Context s3 = new S3Context(client.apply(settings, credentials), settings);
        DirectSender sender = DirectSender.of(s3, settings, credentials).orElse(null);
        return new S3ObjectStore(s3, sender, singleCopyBytes, copyPartBytes);
    }

    @Override
    public Optional<ObjectInfo> head(String key) {
        return reads.head("head", key, null);
    }

    @Override
    public ObjectContent read(ReadRequest request) {
        ByteRange range = request.range();
        return ranges != null && range != null ? ranges.read(request, range) : reads.read(request);
    }

    @Override
    public ListPage list(ListRequest request) {
        return reads.list(request);
    }

    @Override
    public ObjectInfo put(PutRequest request) {
        if (direct != null) {
            return direct.put(request, () -> modified(null, request.key()));
        }
        Content content = request.content();
        PutObjectRequest put = PutObjectRequest.builder()
                .bucket(s3.bucket)
                .key(request.key())
                .contentType(request.contentType())
                .contentLength(content.length())
                .metadata(request.metadata())
                .checksumCRC32(s3.checksum(content.crc32()))
                .ifMatch(S3Context.ifMatch(request.precondition()))
                .ifNoneMatch(S3Context.ifNoneMatch(request.precondition()))
                .serverSideEncryption(s3.encryption())
                .ssekmsKeyId(s3.kmsKeyId())
                .bucketKeyEnabled(s3.bucketKey())
                .overrideConfiguration(s3.timeFor(content.length()))
                .build();
        PutObjectResponse done = call(
                "put", request.key(), request.precondition(), () -> s3.client.putObject(put, S3Uploads.body(content)));
        return new ObjectInfo(
                request.key(),
                content.length(),
                S3Context.unquote(done.eTag()),
                done.versionId(),
                modified(done.sdkHttpResponse(), request.key()),
                request.contentType(),
                request.metadata());
    }

    private Instant modified(@Nullable SdkHttpResponse answer, String key) {
        return S3Context.date(answer)
                .orElseGet(() -> reads.head("put", key, null)
                        .map(ObjectInfo::lastModified)
                        .orElseThrow(() -> new AbsentException("put", key, "deleted meanwhile", null)));
    }

    @Override
    public ObjectInfo copy(CopySource source, String targetKey, Map<String, String> more) {
        return copies.copy(source, targetKey, more);
    }

    @Override
    public void delete(String key) {
        DeleteObjectRequest request = DeleteObjectRequest.builder()
                .bucket(s3.bucket)
                .key(key)
                .overrideConfiguration(s3.timeFor(0))
                .build();
        try {
            call("delete", key, () -> s3.client.deleteObject(request));
        } catch (AbsentException _) {
            // some stores say so; there being no object is what was asked for
        }
    }

    @Override
    public UploadRef startUpload(UploadRequest request) {
        return uploads.start("startUpload", request);
    }

    @Override
    public Part uploadPart(UploadRef upload, int number, Content content) {
        return direct != null
                ? direct.uploadPart(upload, number, content)
                : uploads.uploadPart(upload, number, content);
    }

    @Override
    public Part copyPart(UploadRef upload, int number, CopySource source, @Nullable ByteRange range) {
        return uploads.copyPart("copyPart", upload, number, source, range);
    }

    @Override
    public ObjectInfo completeUpload(CompleteRequest request) {
        return uploads.complete("completeUpload", request, reads);
    }

    @Override
    public void abortUpload(UploadRef upload) {
        uploads.abort(upload);
    }

    @Override
    public UploadPage listUploads(String prefix, @Nullable String continuation) {
        return uploads.list(prefix, continuation);
    }

    @Override
    public List<Part> listParts(UploadRef upload) {
        return uploads.listParts(upload);
    }

    @Override
    public void close() {
        if (direct != null) {
            direct.close();
        }
        s3.client.close();
    }
}
