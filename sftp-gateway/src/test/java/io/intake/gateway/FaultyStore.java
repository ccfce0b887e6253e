package io.intake.gateway;

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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A store that does, around each call, what a test has planned for it. Thread-safe. */
public final class FaultyStore implements ObjectStore {
    /** What happens instead of, before or after a call. */
    @FunctionalInterface
    public interface Plan {
        <T extends @Nullable Object> T around(Supplier<T> call);
    }

    /** The call fails without having been made. */
    public static Plan failBefore(Supplier<RuntimeException> failure) {
        return new Plan() {
            @Override
            public <T extends @Nullable Object> T around(Supplier<T> call) {
                throw failure.get();
            }
        };
    }

    /** The call is made, and its answer is lost. */
    public static Plan failAfter(Supplier<RuntimeException> failure) {
        return new Plan() {
            @Override
            public <T extends @Nullable Object> T around(Supplier<T> call) {
                T ignored = call.get();
                throw failure.get();
            }
        };
    }

    /** Something happens, then the call is made. */
    public static Plan before(Runnable action) {
        return new Plan() {
            @Override
            public <T extends @Nullable Object> T around(Supplier<T> call) {
                action.run();
                return call.get();
            }
        };
    }

    private final ObjectStore inner;
    private final Map<String, ConcurrentLinkedQueue<Plan>> plans = new ConcurrentHashMap<>();
    private final Map<String, Plan> standing = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();

    public FaultyStore(ObjectStore inner) {
        this.inner = inner;
    }

    /** For the next call of a method that has no earlier plan. */
    public void plan(String method, Plan plan) {
        plans.computeIfAbsent(method, _ -> new ConcurrentLinkedQueue<>()).add(plan);
    }

    /** For all calls of a method that have no plan of their own. */
    public void always(String method, Plan plan) {
        standing.put(method, plan);
    }

    /** How often a method was called. */
    public int calls(String method) {
        AtomicInteger count = calls.get(method);
        return count == null ? 0 : count.get();
    }

    /** How often any method was called. */
    public int calls() {
        return calls.values().stream().mapToInt(AtomicInteger::get).sum();
    }

    public void resetCalls() {
        calls.clear();
    }

    private <T extends @Nullable Object> T call(String method, Supplier<T> call) {
        calls.computeIfAbsent(method, _ -> new AtomicInteger()).incrementAndGet();
        ConcurrentLinkedQueue<Plan> planned = plans.get(method);
        Plan plan = planned == null ? null : planned.poll();
        if (plan == null) {
            plan = standing.get(method);
        }
        return plan == null ? call.get() : plan.around(call);
    }

    @Override
    public Optional<ObjectInfo> head(String key) {
        return call("head", () -> inner.head(key));
    }

    @Override
    public ObjectContent read(ReadRequest request) {
        return call("read", () -> inner.read(request));
    }

    @Override
    public ListPage list(ListRequest request) {
        return call("list", () -> inner.list(request));
    }

    @Override
    public ObjectInfo put(PutRequest request) {
        return call("put", () -> inner.put(request));
    }

    @Override
    public ObjectInfo copy(CopySource source, String targetKey, Map<String, String> more) {
        return call("copy", () -> inner.copy(source, targetKey, more));
    }

    @Override
    public void delete(String key) {
        Boolean ignored = call("delete", () -> {
            inner.delete(key);
            return true;
        });
    }

    @Override
    public UploadRef startUpload(UploadRequest request) {
        return call("startUpload", () -> inner.startUpload(request));
    }

    @Override
    public Part uploadPart(UploadRef upload, int number, Content content) {
        return call("uploadPart", () -> inner.uploadPart(upload, number, content));
    }

    @Override
    public Part copyPart(UploadRef upload, int number, CopySource source, @Nullable ByteRange range) {
        return call("copyPart", () -> inner.copyPart(upload, number, source, range));
    }

    @Override
    public ObjectInfo completeUpload(CompleteRequest request) {
        return call("completeUpload", () -> inner.completeUpload(request));
    }

    @Override
    public void abortUpload(UploadRef upload) {
        Boolean ignored = call("abortUpload", () -> {
            inner.abortUpload(upload);
            return true;
        });
    }

    @Override
    public UploadPage listUploads(String prefix, @Nullable String continuation) {
        return call("listUploads", () -> inner.listUploads(prefix, continuation));
    }

    @Override
    public List<Part> listParts(UploadRef upload) {
        return call("listParts", () -> inner.listParts(upload));
    }

    @Override
    public void close() {
        inner.close();
    }
}
