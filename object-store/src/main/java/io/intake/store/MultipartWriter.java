package io.intake.store;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes one object of any size as a stream, so that another process can go on where this one ended.
 *
 * <p>Bytes are buffered; a full buffer becomes a part of a multipart upload. {@link #state()} names what is durable: a caller
 * stores it as its checkpoint, and after a crash hands it to {@link #resume} and writes on from {@link State#bytes()}. Parts
 * that were sent behind the last checkpoint are replaced or left out. Content that fits one part needs no upload: {@link
 * #complete} puts it in one request.
 *
 * <p>Nothing is visible before {@link #complete}; {@link #close} only releases memory, it neither publishes nor aborts. An
 * upload that nobody names any more is found with {@link ObjectStore#listUploads}. Whoever must know the upload's id in a
 * crash stores it before the first part is sent: by calling {@link #begin} first, or in the hook given to {@link #start}.
 *
 * <p>Memory: one part. Parts double every {@value #PARTS_PER_SIZE} parts up to {@link #MAX_PART_BYTES}, so that with 8 MiB to
 * start with 10,000 parts hold about 2.4 TiB. Not thread-safe. After an exception from a call that writes, the writer takes no
 * more: resume from its state.
 */
public final class MultipartWriter implements AutoCloseable {
    /** The largest part, which an array must hold. */
    static final int MAX_PART_BYTES = 1 << 30;

    private static final int PARTS_PER_SIZE = 1_250;
    private static final int FIRST_BUFFER_BYTES = 64 << 10;

    private final ObjectStore store;
    private final UploadRequest request;
    private final int partBytes;
    private final Consumer<State> onBegin;
    private final List<Part> parts;
    private @Nullable String uploadId;
    private long durable;
    private long crc32;
    private byte[] buffer = new byte[0];
    private int buffered;
    private boolean usable = true;

    /**
     * What is durable of an object that is being written. A record of simple values, made to be kept as JSON.
     *
     * @param request what is being written
     * @param partBytes the first parts' size
     * @param uploadId null while no upload has begun; nothing is durable then
     * @param parts that make up the durable bytes, by ascending number
     * @param bytes how many are durable: where to go on
     * @param crc32 of the durable bytes, unsigned
     */
    public record State(
            UploadRequest request, int partBytes, @Nullable String uploadId, List<Part> parts, long bytes, long crc32) {
        public State {
            parts = List.copyOf(parts);
        }

        /** The upload, for whoever aborts it without writing on. */
        public Optional<UploadRef> upload() {
            return Optional.ofNullable(uploadId).map(id -> new UploadRef(request.key(), id));
        }
    }

    private MultipartWriter(ObjectStore store, State state, Consumer<State> onBegin) {
        if (state.partBytes() < 1 || state.partBytes() > MAX_PART_BYTES) {
            throw new IllegalArgumentException("parts of " + state.partBytes() + " bytes");
        }
        this.store = store;
        this.request = state.request();
        this.partBytes = state.partBytes();
        this.onBegin = onBegin;
        this.parts = new ArrayList<>(state.parts());
        this.uploadId = state.uploadId();
        this.durable = state.bytes();
        this.crc32 = state.crc32();
    }

    /**
     * Starts an object. Does not touch the store.
     *
     * @param partBytes of the first parts; at least {@link ObjectStore.Limits#MIN_PART_BYTES} on S3
     */
    public static MultipartWriter start(ObjectStore store, UploadRequest request, int partBytes) {
        return start(store, request, partBytes, begun -> {});
    }

    /**
     * The same.
     *
     * @param onBegin is called once when the upload has begun and no part has been sent; stores the state that it is given.
     *     What it throws comes out of the call that began the upload
     */
    public static MultipartWriter start(
            ObjectStore store, UploadRequest request, int partBytes, Consumer<State> onBegin) {
        return new MultipartWriter(store, new State(request, partBytes, null, List.of(), 0, Crc32.EMPTY), onBegin);
    }

    /** Goes on behind the durable bytes of a state. Does not touch the store. */
    public static MultipartWriter resume(ObjectStore store, State state) {
        return resume(store, state, begun -> {});
    }

    /** The same, with a hook as in {@link #start(ObjectStore, UploadRequest, int, Consumer)} for a state without an upload. */
    public static MultipartWriter resume(ObjectStore store, State state, Consumer<State> onBegin) {
        return new MultipartWriter(store, state, onBegin);
    }

    /**
     * Begins the multipart upload, if that has not happened: from now on its id is part of {@link #state()}. Not needed for
     * writing; sending the first part does it, too.
     */
    public UploadRef begin() {
        if (uploadId == null) {
            checkUsable();
            usable = false;
            uploadId = store.startUpload(request).uploadId();
            onBegin.accept(state());
            usable = true;
        }
        return new UploadRef(request.key(), uploadId);
    }

    /** The upload's id; empty while no upload has begun. */
    public Optional<String> uploadId() {
        return Optional.ofNullable(uploadId);
    }

    /** What is durable now. Bytes that were written but not yet sent are not in it. */
    public State state() {
        return new State(request, partBytes, uploadId, parts, durable, crc32);
    }

    /** All bytes written: the durable ones and those in memory. */
    public long bytes() {
        return durable + buffered;
    }

    /** Takes bytes; sends each part that they fill. */
    public void write(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        checkUsable();
        int from = offset;
        int left = length;
        while (left > 0) {
            int room = nextPartBytes() - buffered;
            if (room == 0) {
                // only when more comes: content that just fills a part may still be all
                sendPart();
                continue;
            }
            int n = Math.min(left, room);
            reserve(n);
            System.arraycopy(bytes, from, buffer, buffered, n);
            buffered += n;
            from += n;
            left -= n;
        }
    }

    /**
     * Sends what is in memory as a part, if it is large enough to be one ({@link ObjectStore.Limits#MIN_PART_BYTES}); lets a
     * caller end a part where a record ends.
     *
     * @return whether all that was written is durable now
     */
    public boolean flushPart() {
        checkUsable();
        if (buffered > 0 && buffered >= Math.min(partBytes, ObjectStore.Limits.MIN_PART_BYTES)) {
            sendPart();
        }
        return buffered == 0;
    }

    /**
     * Publishes the object. What was written last is sent whatever its size.
     *
     * <p>If the answer is lost ({@link TransientStoreException}), the object may be there: {@link ObjectStore#head} and compare
     * the metadata.
     *
     * @param precondition what must hold of the key
     * @param expectedCrc32 of the whole object, unsigned; null where not known
     * @throws PermanentStoreException if the bytes written do not have the checksum; nothing is published then
     */
    public ObjectInfo complete(Precondition precondition, @Nullable Long expectedCrc32) {
        checkUsable();
        long whole = Crc32.combine(crc32, Crc32.of(buffer, 0, buffered), buffered);
        if (expectedCrc32 != null && expectedCrc32 != whole) {
            throw new PermanentStoreException(
                    "completeUpload", request.key(), "what was written does not have the expected checksum", null);
        }
        if (uploadId == null) {
            usable = false;
            return store.put(new PutRequest(
                    request.key(),
                    Content.of(whole, ByteBuffer.wrap(buffer, 0, buffered)),
                    request.contentType(),
                    request.metadata(),
                    precondition));
        }
        if (buffered > 0 || parts.isEmpty()) {
            sendPart();
        }
        usable = false;
        return store.completeUpload(new CompleteRequest(begin(), parts, durable, whole, precondition));
    }

    /** Drops the upload and all that was written. */
    public void abort() {
        if (uploadId != null) {
            store.abortUpload(new UploadRef(request.key(), uploadId));
        }
        close();
    }

    /** Releases memory. The upload stays as it is. */
    @Override
    public void close() {
        usable = false;
        buffer = new byte[0];
        buffered = 0;
    }

    private void checkUsable() {
        if (!usable) {
            throw new IllegalStateException("the writer was closed, completed, or failed: resume from its state");
        }
    }

    private int nextPartBytes() {
        int doublings = parts.size() / PARTS_PER_SIZE;
        return (int) Math.min(MAX_PART_BYTES, (long) partBytes << doublings);
    }

    private void reserve(int more) {
        int needed = buffered + more;
        if (needed > buffer.length) {
            long doubled = Math.max(FIRST_BUFFER_BYTES, 2L * buffer.length);
            buffer = Arrays.copyOf(buffer, (int) Math.max(needed, Math.min(doubled, nextPartBytes())));
        }
    }

    private void sendPart() {
        if (parts.size() == ObjectStore.Limits.MAX_PARTS) {
            throw new PermanentStoreException("uploadPart", request.key(), "more parts than S3 takes", null);
        }
        UploadRef upload = begin();
        usable = false;
        int number = parts.isEmpty() ? 1 : parts.getLast().number() + 1;
        Part sent = store.uploadPart(upload, number, Content.of(ByteBuffer.wrap(buffer, 0, buffered)));
        long sum = Objects.requireNonNullElseGet(sent.crc32(), () -> Crc32.of(buffer, 0, buffered));
        parts.add(new Part(number, buffered, sent.etag(), sum));
        crc32 = Crc32.combine(crc32, sum, buffered);
        durable += buffered;
        buffered = 0;
        usable = true;
    }
}
