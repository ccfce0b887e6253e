package io.intake.gateway.metrics;

import io.intake.store.AbsentException;
import io.intake.store.AlreadyPresentException;
import io.intake.store.ByteRange;
import io.intake.store.CompleteRequest;
import io.intake.store.ConflictException;
import io.intake.store.Content;
import io.intake.store.CopySource;
import io.intake.store.ListPage;
import io.intake.store.ListRequest;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.Part;
import io.intake.store.PermanentStoreException;
import io.intake.store.PutRequest;
import io.intake.store.RangeException;
import io.intake.store.ReadRequest;
import io.intake.store.StoreException;
import io.intake.store.TransientStoreException;
import io.intake.store.UploadPage;
import io.intake.store.UploadRef;
import io.intake.store.UploadRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store that times its calls and counts their failures, and tells whoever watches its health of each call that was
 * answered. Thread-safe.
 */
public final class MeteredObjectStore implements ObjectStore {
    private final ObjectStore inner;
    private final GatewayMetrics metrics;
    private final Runnable answered;
    private final LongSupplier nanos;

    /**
     * A store in front of another.
     *
     * @param answered called after each call that the store answered, even if by a refusal that is part of its contract,
     *     such as that there is no such object
     */
    public MeteredObjectStore(ObjectStore inner, GatewayMetrics metrics, Runnable answered) {
        this(inner, metrics, answered, System::nanoTime);
    }

    /** The same with a clock of the caller's. */
    MeteredObjectStore(ObjectStore inner, GatewayMetrics metrics, Runnable answered, LongSupplier nanos) {
        this.inner = inner;
        this.metrics = metrics;
        this.answered = answered;
        this.nanos = nanos;
    }

    private <T extends @Nullable Object> T timed(String operation, Supplier<T> call) {
        long start = nanos.getAsLong();
        try {
            T result = call.get();
            answered.run();
            return result;
        } catch (StoreException e) {
            metrics.storeFailure(operation, kind(e));
            if (!(e instanceof TransientStoreException || e instanceof PermanentStoreException)) {
                answered.run();
            }
            throw e;
        } catch (RuntimeException e) {
            metrics.storeFailure(operation, "other");
            throw e;
        } finally {
            metrics.storeCall(operation, Duration.ofNanos(nanos.getAsLong() - start));
        }
    }

    private static String kind(StoreException failure) {
        return switch (failure) {
            case AbsentException ignored -> "absent";
            case AlreadyPresentException ignored -> "already_present";
            case ConflictException ignored -> "conflict";
            case RangeException ignored -> "range";
            case TransientStoreException ignored -> "transient";
            case PermanentStoreException ignored -> "permanent";
        };
    }

    private void timed(String operation, Runnable call) {
        Boolean ignored = timed(operation, () -> {
            call.run();
            return true;
        });
    }

    @Override
    public Optional<ObjectInfo> head(String key) {
        return timed("head", () -> inner.head(key));
    }

    @Override
    public ObjectContent read(ReadRequest request) {
        return timed("read", () -> inner.read(request));
    }

    @Override
    public ListPage list(ListRequest request) {
        return timed("list", () -> inner.list(request));
    }

    @Override
    public ObjectInfo put(PutRequest request) {
        return timed("put", () -> inner.put(request));
    }

    @Override
    public ObjectInfo copy(CopySource source, String targetKey, Map<String, String> more) {
        return timed("copy", () -> inner.copy(source, targetKey, more));
    }

    @Override
    public void delete(String key) {
        timed("delete", () -> inner.delete(key));
    }

    @Override
    public UploadRef startUpload(UploadRequest request) {
        return timed("start_upload", () -> inner.startUpload(request));
    }

    @Override
    public Part uploadPart(UploadRef upload, int number, Content content) {
        return timed("upload_part", () -> inner.uploadPart(upload, number, content));
    }

    @Override
    public Part copyPart(UploadRef upload, int number, CopySource source, @Nullable ByteRange range) {
        return timed("copy_part", () -> inner.copyPart(upload, number, source, range));
    }

    @Override
    public ObjectInfo completeUpload(CompleteRequest request) {
        return timed("complete_upload", () -> inner.completeUpload(request));
    }

    @Override
    public void abortUpload(UploadRef upload) {
        timed("abort_upload", () -> inner.abortUpload(upload));
    }

    @Override
    public UploadPage listUploads(String prefix, @Nullable String continuation) {
        return timed("list_uploads", () -> inner.listUploads(prefix, continuation));
    }

    @Override
    public List<Part> listParts(UploadRef upload) {
        return timed("list_parts", () -> inner.listParts(upload));
    }

    @Override
    public void close() {
        inner.close();
    }
}
