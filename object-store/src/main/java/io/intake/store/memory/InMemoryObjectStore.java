package io.intake.store.memory;

import io.intake.store.AbsentException;
import io.intake.store.AlreadyPresentException;
import io.intake.store.ByteRange;
import io.intake.store.CompleteRequest;
import io.intake.store.ConflictException;
import io.intake.store.Content;
import io.intake.store.CopySource;
import io.intake.store.Crc32;
import io.intake.store.ListPage;
import io.intake.store.ListRequest;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.Part;
import io.intake.store.PermanentStoreException;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.RangeException;
import io.intake.store.ReadRequest;
import io.intake.store.UploadPage;
import io.intake.store.UploadRef;
import io.intake.store.UploadRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A bucket in memory that obeys S3's rules: limits, conditions, checksums, byte order of listings, invisible uploads.
 * Thread-safe; one lock makes every call atomic.
 */
public final class InMemoryObjectStore implements ObjectStore {
    private final InstantSource clock;
    private final int minPartBytes;
    private final boolean distinctEtags;
    private long writes;
    private final TreeMap<Key, Stored> objects = new TreeMap<>();
    private final MemoryUploads uploads;
    private final Map<String, InMemoryObjectStore> others = new ConcurrentHashMap<>();

    /** @param clock gives the objects' times */
    public InMemoryObjectStore(InstantSource clock) {
        this(clock, Limits.MIN_PART_BYTES);
    }

    /**
     * @param clock gives the objects' times
     * @param minPartBytes what a part that is not the last must have; smaller than S3's for scaled simulations
     */
    public InMemoryObjectStore(InstantSource clock, int minPartBytes) {
        this(clock, minPartBytes, false);
    }

    private InMemoryObjectStore(InstantSource clock, int minPartBytes, boolean distinctEtags) {
        this.clock = clock;
        this.minPartBytes = minPartBytes;
        this.distinctEtags = distinctEtags;
        this.uploads = new MemoryUploads(minPartBytes);
    }

    /**
     * A bucket that encrypts with KMS keys: each write of an object has an ETag of its own, also of the same bytes (Amazon S3
     * API Reference, Object).
     *
     * @param minPartBytes as above
     */
    public static InMemoryObjectStore encrypting(InstantSource clock, int minPartBytes) {
        return new InMemoryObjectStore(clock, minPartBytes, true);
    }

    /** Lets objects of another bucket be copied into this one; not both ways at once, which could lock each other out. */
    public InMemoryObjectStore beside(String name, InMemoryObjectStore other) {
        others.put(name, other);
        return this;
    }

    private record Stored(ObjectInfo info, byte[] bytes) {}

    @Override
    public synchronized Optional<ObjectInfo> head(String key) {
        return Optional.ofNullable(objects.get(new Key(key))).map(Stored::info);
    }

    @Override
    public synchronized ObjectContent read(ReadRequest request) {
        Stored stored = existing("read", request.key(), request.ifMatch());
        ByteRange range = request.range();
        byte[] bytes = stored.bytes();
        if (range == null) {
            return new MemoryContent(stored.info(), new ByteArrayInputStream(bytes));
        }
        if (range.offset() >= bytes.length) {
            throw new RangeException("read", request.key(), "range starts behind the end of " + bytes.length, null);
        }
        int length = (int) Math.min(range.length(), bytes.length - range.offset());
        return new MemoryContent(stored.info(), new ByteArrayInputStream(bytes, (int) range.offset(), length));
    }

    private record MemoryContent(ObjectInfo info, InputStream stream) implements ObjectContent {
        @Override
        public void close() {}
    }

    @Override
    public synchronized ListPage list(ListRequest request) {
        String from = MemoryListing.from(request);
        SortedMap<Key, Stored> rest = from == null ? objects : objects.tailMap(new Key(from), false);
        return MemoryListing.page(() -> rest.values().stream().map(Stored::info).iterator(), request);
    }

    @Override
    public synchronized ObjectInfo put(PutRequest request) {
        check("put", request.key(), request.precondition());
        byte[] bytes = bytes("put", request.key(), request.content());
        return store(request.key(), bytes, etag(bytes), request.contentType(), request.metadata());
    }

    @Override
    public synchronized ObjectInfo copy(CopySource source, String targetKey, Map<String, String> more) {
        Stored stored = existing("copy", source);
        ObjectInfo info = stored.info();
        String type = info.contentType() == null ? "application/octet-stream" : info.contentType();
        Map<String, String> metadata = new HashMap<>(info.metadata());
        metadata.putAll(more);
        return store(targetKey, stored.bytes(), etag(stored.bytes()), type, metadata);
    }

    @Override
    public synchronized void delete(String key) {
        objects.remove(new Key(key));
    }

    @Override
    public synchronized UploadRef startUpload(UploadRequest request) {
        checkKey("startUpload", request.key());
        return uploads.start(request, now());
    }

    @Override
    public synchronized Part uploadPart(UploadRef upload, int number, Content content) {
        uploads.open("uploadPart", upload);
        return uploads.add(upload, number, bytes("uploadPart", upload.key(), content));
    }

    @Override
    public synchronized Part copyPart(UploadRef upload, int number, CopySource source, @Nullable ByteRange range) {
        uploads.open("copyPart", upload);
        byte[] bytes = existing("copyPart", source).bytes();
        if (range != null) {
            if (bytes.length <= minPartBytes) {
                throw new PermanentStoreException(
                        "copyPart", source.key(), "a range needs a source larger than 5 MiB", null);
            }
            if (range.end() > bytes.length) {
                throw new PermanentStoreException("copyPart", source.key(), "range reaches behind the end", null);
            }
            bytes = java.util.Arrays.copyOfRange(bytes, (int) range.offset(), (int) range.end());
        }
        return uploads.add(upload, number, bytes);
    }

    @Override
    public synchronized ObjectInfo completeUpload(CompleteRequest request) {
        UploadRef ref = request.upload();
        UploadRequest started = uploads.open("completeUpload", ref);
        byte[] bytes = uploads.assemble(request);
        check("completeUpload", ref.key(), request.precondition());
        uploads.drop(ref);
        String etag = etag(bytes) + "-" + request.parts().size();
        return store(ref.key(), bytes, etag, started.contentType(), started.metadata());
    }

    @Override
    public synchronized void abortUpload(UploadRef upload) {
        uploads.drop(upload);
    }

    @Override
    public synchronized UploadPage listUploads(String prefix, @Nullable String continuation) {
        return uploads.list(prefix, continuation);
    }

    @Override
    public synchronized List<Part> listParts(UploadRef upload) {
        return uploads.parts(upload);
    }

    @Override
    public void close() {}

    /** All objects as they are now, for a test's comparison. */
    public synchronized Map<String, byte[]> snapshot() {
        Map<String, byte[]> all = new HashMap<>();
        objects.forEach((key, stored) -> all.put(key.text(), stored.bytes().clone()));
        return all;
    }

    /** An object as it is now; null if there is none. */
    public synchronized byte @Nullable [] snapshotOf(String key) {
        Stored stored = objects.get(new Key(key));
        return stored == null ? null : stored.bytes().clone();
    }

    /** Fails if an upload was neither completed nor aborted: what a test calls last. */
    public synchronized void assertNoOpenUploads() {
        uploads.assertNone();
    }

    private Stored existing(String operation, CopySource source) {
        InMemoryObjectStore bucket = source.bucket() == null ? this : others.get(source.bucket());
        if (bucket == null) {
            throw new PermanentStoreException(operation, source.key(), "no such bucket", null);
        }
        return bucket.existing(operation, source.key(), source.ifMatch());
    }

    private synchronized Stored existing(String operation, String key, @Nullable String ifMatch) {
        Stored stored = objects.get(new Key(key));
        if (stored == null) {
            throw new AbsentException(operation, key, "no such object", null);
        }
        if (ifMatch != null && !ifMatch.equals(stored.info().etag())) {
            throw new ConflictException(operation, key, "the object was replaced", null);
        }
        return stored;
    }

    private void check(String operation, String key, Precondition precondition) {
        Stored stored = objects.get(new Key(key));
        switch (precondition) {
            case Precondition.Always ignored -> {}
            case Precondition.IfAbsent ignored -> {
                if (stored != null) {
                    throw new AlreadyPresentException(operation, key, "there is an object", null);
                }
            }
            case Precondition.IfMatch(String etag) -> existing(operation, key, etag);
        }
    }

    /**
     * The same for the same bytes, as S3's is unless it encrypts with KMS keys: whoever takes an ETag for a generation meets an
     * object that was changed and changed back.
     */
    static String etag(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private ObjectInfo store(String key, byte[] bytes, String etag, String contentType, Map<String, String> metadata) {
        checkKey("put", key);
        String shown = distinctEtags ? etag + "." + ++writes : etag;
        ObjectInfo info = new ObjectInfo(key, bytes.length, shown, null, now(), contentType, metadata);
        objects.put(new Key(key), new Stored(info, bytes));
        return info;
    }

    private static void checkKey(String operation, String key) {
        int length = key.getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > Limits.MAX_KEY_BYTES) {
            throw new PermanentStoreException(operation, key, "a key has 1 to 1,024 bytes, not " + length, null);
        }
    }

    private static byte[] bytes(String operation, String key, Content content) {
        try (InputStream stream = content.newStream()) {
            byte[] bytes = stream.readAllBytes();
            if (bytes.length != content.length() || Crc32.of(bytes) != content.crc32()) {
                throw new PermanentStoreException(operation, key, "content does not match its size or checksum", null);
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }
}
