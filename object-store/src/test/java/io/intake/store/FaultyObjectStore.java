package io.intake.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store with faults that a test chooses: calls that fail before they take effect, calls whose answer is lost after they took
 * effect, reads that break off, and processes that die at any call. Thread-safe; calls are numbered from 1 in the order in
 * which they come.
 */
public final class FaultyObjectStore implements ObjectStore {
    private final ObjectStore store;
    private final List<Interceptor> interceptors = new ArrayList<>();
    private final Map<Operation, Integer> counts = new EnumMap<>(Operation.class);
    private final Map<Integer, Long> cuts = new HashMap<>();
    private int total;
    private boolean dead;

    /** The port's methods. */
    public enum Operation {
        HEAD,
        READ,
        LIST,
        PUT,
        COPY,
        DELETE,
        START_UPLOAD,
        UPLOAD_PART,
        COPY_PART,
        COMPLETE_UPLOAD,
        ABORT_UPLOAD,
        LIST_UPLOADS,
        LIST_PARTS
    }

    /** When an interceptor is asked: before a call takes effect, or after it did and before the caller learns it. */
    public enum Moment {
        BEFORE,
        AFTER
    }

    /**
     * A call at one of its two moments.
     *
     * @param key what it is about; the target's of copies, the prefix of listings
     * @param nth the call's number among those of its operation, from 1
     * @param overall the call's number among all, from 1
     */
    public record Call(Operation operation, Moment moment, String key, int nth, int overall) {}

    /** Is asked twice per call; whatever it throws comes out of the call. Not asked after a call that failed. */
    @FunctionalInterface
    public interface Interceptor {
        void on(Call call);
    }

    /** The process died. An error, so that no handler for exceptions outlives its own process. */
    public static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed(String message) {
            super(message);
        }
    }

    private FaultyObjectStore(ObjectStore store) {
        this.store = store;
    }

    /** A store that has no faults yet. */
    public static FaultyObjectStore around(ObjectStore store) {
        return new FaultyObjectStore(store);
    }

    /** Lets the nth call of an operation, from 1, fail in passing without taking effect. */
    public FaultyObjectStore failBefore(Operation operation, int nth) {
        return fail(operation, nth, Moment.BEFORE);
    }

    /** Lets the nth call of an operation, from 1, take effect and fail in passing: its answer is lost. */
    public FaultyObjectStore failAfter(Operation operation, int nth) {
        return fail(operation, nth, Moment.AFTER);
    }

    private FaultyObjectStore fail(Operation operation, int nth, Moment moment) {
        return onCall(call -> {
            if (call.operation() == operation && call.nth() == nth && call.moment() == moment) {
                throw new TransientStoreException(operation.name(), call.key(), "made to fail " + moment, null);
            }
        });
    }

    /** Kills the process before the call with this number among all: it and all later ones throw {@link Killed}. */
    public FaultyObjectStore killBefore(int overall) {
        return kill(overall, Moment.BEFORE);
    }

    /** Kills the process after the call with this number among all took effect: all later ones throw {@link Killed}, too. */
    public FaultyObjectStore killAfter(int overall) {
        return kill(overall, Moment.AFTER);
    }

    private FaultyObjectStore kill(int overall, Moment moment) {
        return onCall(call -> {
            if (call.overall() == overall && call.moment() == moment) {
                die();
            }
        });
    }

    private void die() {
        synchronized (this) {
            dead = true;
        }
        throw new Killed("killed by the test");
    }

    /** Lets the nth read's stream, from 1, break off with an {@link IOException} behind a number of bytes. */
    public synchronized FaultyObjectStore cutRead(int nth, long bytes) {
        cuts.put(nth, bytes);
        return this;
    }

    /** Adds an interceptor; those that were added earlier are asked first. */
    public synchronized FaultyObjectStore onCall(Interceptor interceptor) {
        interceptors.add(interceptor);
        return this;
    }

    /** How many calls came. */
    public synchronized int calls() {
        return total;
    }

    /** How many calls of an operation came. */
    public synchronized int calls(Operation operation) {
        return counts.getOrDefault(operation, 0);
    }

    private <T> T call(Operation operation, String key, Supplier<T> call) {
        Call before = count(operation, key);
        ask(before);
        T result = call.get();
        ask(new Call(operation, Moment.AFTER, key, before.nth(), before.overall()));
        return result;
    }

    private synchronized Call count(Operation operation, String key) {
        if (dead) {
            throw new Killed("the process is dead: no call after " + total);
        }
        total++;
        return new Call(operation, Moment.BEFORE, key, counts.merge(operation, 1, Integer::sum), total);
    }

    private void ask(Call call) {
        List<Interceptor> all;
        synchronized (this) {
            all = List.copyOf(interceptors);
        }
        all.forEach(interceptor -> interceptor.on(call));
    }

    @Override
    public Optional<ObjectInfo> head(String key) {
        return call(Operation.HEAD, key, () -> store.head(key));
    }

    @Override
    public ObjectContent read(ReadRequest request) {
        int[] nth = new int[1];
        ObjectContent content = call(Operation.READ, request.key(), () -> {
            nth[0] = calls(Operation.READ);
            return store.read(request);
        });
        Long cut;
        synchronized (this) {
            cut = cuts.get(nth[0]);
        }
        return cut == null ? content : new CutContent(content, cut);
    }

    @Override
    public ListPage list(ListRequest request) {
        return call(Operation.LIST, request.prefix(), () -> store.list(request));
    }

    @Override
    public ObjectInfo put(PutRequest request) {
        return call(Operation.PUT, request.key(), () -> store.put(request));
    }

    @Override
    public ObjectInfo copy(CopySource source, String targetKey, Map<String, String> more) {
        return call(Operation.COPY, targetKey, () -> store.copy(source, targetKey, more));
    }

    @Override
    public void delete(String key) {
        call(Operation.DELETE, key, () -> {
            store.delete(key);
            return key;
        });
    }

    @Override
    public UploadRef startUpload(UploadRequest request) {
        return call(Operation.START_UPLOAD, request.key(), () -> store.startUpload(request));
    }

    @Override
    public Part uploadPart(UploadRef upload, int number, Content content) {
        return call(Operation.UPLOAD_PART, upload.key(), () -> store.uploadPart(upload, number, content));
    }

    @Override
    public Part copyPart(UploadRef upload, int number, CopySource source, @Nullable ByteRange range) {
        return call(Operation.COPY_PART, upload.key(), () -> store.copyPart(upload, number, source, range));
    }

    @Override
    public ObjectInfo completeUpload(CompleteRequest request) {
        return call(Operation.COMPLETE_UPLOAD, request.upload().key(), () -> store.completeUpload(request));
    }

    @Override
    public void abortUpload(UploadRef upload) {
        call(Operation.ABORT_UPLOAD, upload.key(), () -> {
            store.abortUpload(upload);
            return upload;
        });
    }

    @Override
    public UploadPage listUploads(String prefix, @Nullable String continuation) {
        return call(Operation.LIST_UPLOADS, prefix, () -> store.listUploads(prefix, continuation));
    }

    @Override
    public List<Part> listParts(UploadRef upload) {
        return call(Operation.LIST_PARTS, upload.key(), () -> store.listParts(upload));
    }

    /** Closes the store around which this is. */
    @Override
    public void close() {
        store.close();
    }

    private record CutContent(ObjectContent content, InputStream stream) implements ObjectContent {
        CutContent(ObjectContent content, long bytes) {
            this(content, new CutStream(content.stream(), bytes));
        }

        @Override
        public ObjectInfo info() {
            return content.info();
        }

        @Override
        public void close() {
            content.close();
        }
    }

    private static final class CutStream extends InputStream {
        private final InputStream stream;
        private long left;

        CutStream(InputStream stream, long left) {
            this.stream = stream;
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int count) throws IOException {
            if (left == 0) {
                throw new IOException("made to break off");
            }
            int n = stream.read(target, offset, (int) Math.min(count, left));
            left -= Math.max(n, 0);
            return n;
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }
}
