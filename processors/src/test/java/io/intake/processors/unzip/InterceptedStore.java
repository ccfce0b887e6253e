package io.intake.processors.unzip;

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
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A store that tells before and after each call, so that a test can count, kill and interleave. */
class InterceptedStore implements ObjectStore {

    /** Told of every call. */
    interface Listener {
        void before(String operation);

        void after(String operation);
    }

    /** A process that is killed: nothing may catch it. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed(String where) {
            super(where);
        }
    }

    private final ObjectStore store;
    private final Listener listener;
    private final UnaryOperator<ObjectContent> reads;

    InterceptedStore(ObjectStore store, Listener listener) {
        this(store, listener, content -> content);
    }

    InterceptedStore(ObjectStore store, Listener listener, UnaryOperator<ObjectContent> reads) {
        this.store = store;
        this.listener = listener;
        this.reads = reads;
    }

    /** Kills at one instant: 2n is just before the n-th call, 2n + 1 just after it. */
    static final class KillAt implements Listener {
        private final int instant;
        private int now;
        private String where = "";

        KillAt(int instant) {
            this.instant = instant;
        }

        /** Whether there was such an instant. */
        boolean killed() {
            return !where.isEmpty();
        }

        String where() {
            return where;
        }

        @Override
        public void before(String operation) {
            pass("before " + operation);
        }

        @Override
        public void after(String operation) {
            pass("after " + operation);
        }

        private void pass(String here) {
            if (now++ == instant) {
                where = here;
                throw new Killed(here);
            }
        }
    }

    /** Counts calls of one operation. */
    static final class Count implements Listener {
        private final String counted;
        int calls;

        Count(String counted) {
            this.counted = counted;
        }

        @Override
        public void before(String operation) {
            if (operation.equals(counted)) {
                calls++;
            }
        }

        @Override
        public void after(String operation) {}
    }

    private <T> T call(String operation, Supplier<T> call) {
        listener.before(operation);
        T result = call.get();
        listener.after(operation);
        return result;
    }

    private void run(String operation, Runnable call) {
        listener.before(operation);
        call.run();
        listener.after(operation);
    }

    @Override
    public Optional<ObjectInfo> head(String key) {
        return call("head", () -> store.head(key));
    }

    @Override
    public ObjectContent read(ReadRequest request) {
        return reads.apply(call("read", () -> store.read(request)));
    }

    @Override
    public ListPage list(ListRequest request) {
        return call("list", () -> store.list(request));
    }

    @Override
    public ObjectInfo put(PutRequest request) {
        return call("put", () -> store.put(request));
    }

    @Override
    public ObjectInfo copy(CopySource source, String targetKey) {
        return call("copy", () -> store.copy(source, targetKey));
    }

    @Override
    public void delete(String key) {
        run("delete", () -> store.delete(key));
    }

    @Override
    public UploadRef startUpload(UploadRequest request) {
        return call("startUpload", () -> store.startUpload(request));
    }

    @Override
    public Part uploadPart(UploadRef upload, int number, Content content) {
        return call("uploadPart", () -> store.uploadPart(upload, number, content));
    }

    @Override
    public Part copyPart(UploadRef upload, int number, CopySource source, @Nullable ByteRange range) {
        return call("copyPart", () -> store.copyPart(upload, number, source, range));
    }

    @Override
    public ObjectInfo completeUpload(CompleteRequest request) {
        return call("completeUpload", () -> store.completeUpload(request));
    }

    @Override
    public void abortUpload(UploadRef upload) {
        run("abortUpload", () -> store.abortUpload(upload));
    }

    @Override
    public UploadPage listUploads(String prefix, @Nullable String continuation) {
        return call("listUploads", () -> store.listUploads(prefix, continuation));
    }

    @Override
    public List<Part> listParts(UploadRef upload) {
        return call("listParts", () -> store.listParts(upload));
    }

    @Override
    public void close() {
        store.close();
    }
}
