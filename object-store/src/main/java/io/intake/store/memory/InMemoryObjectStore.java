package io.intake.store.memory;

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
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.RangeException;
import io.intake.store.ReadRequest;
import io.intake.store.UploadPage;
import io.intake.store.UploadRef;
import io.intake.store.UploadRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A bucket in memory that obeys S3's rules: limits, conditions, checksums, byte order of listings, invisible uploads.
 * Thread-safe; one lock makes every call atomic.
 */
public final class InMemoryObjectStore implements ObjectStore {
    private static final int UPLOADS_PER_PAGE = 1_000;

    private final InstantSource clock;
    private final int minPartBytes;
    private final TreeMap<Key, Stored> objects = new TreeMap<>();
    private final TreeMap<Key, SortedMap<String, Upload>> uploads = new TreeMap<>();
    private long sequence;

    /** @param clock gives the objects' times */
    public InMemoryObjectStore(InstantSource clock) {
        this(clock, Limits.MIN_PART_BYTES);
    }

    /**
     * @param clock gives the objects' times
     * @param minPartBytes what a part that is not the last must have; smaller than S3's for scaled simulations
     */
    public InMemoryObjectStore(InstantSource clock, int minPartBytes) {
        this.clock = clock;
        this.minPartBytes = minPartBytes;
    }

    /** A key in S3's order: by the bytes of its UTF-8 form. */
    private record Key(String text) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            return java.util.Arrays.compareUnsigned(
                    text.getBytes(StandardCharsets.UTF_8), other.text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private record Stored(ObjectInfo info, byte[] bytes) {}

    private record StoredPart(Part part, byte[] bytes) {}

    private record Upload(UploadRequest request, Instant initiated, TreeMap<Integer, StoredPart> parts) {}

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
        String from = request.continuation() != null ? request.continuation() : request.startAfter();
        SortedMap<Key, Stored> rest = from == null ? objects : objects.tailMap(new Key(from), false);
        List<ObjectInfo> found = new ArrayList<>();
        TreeSet<String> prefixes = new TreeSet<>(java.util.Comparator.comparing(Key::new));
        String last = null;
        for (Map.Entry<Key, Stored> entry : rest.entrySet()) {
            String key = entry.getKey().text();
            if (!key.startsWith(request.prefix())) {
                continue;
            }
            String rolledUp = commonPrefix(key, request);
            if (rolledUp != null && (prefixes.contains(rolledUp) || (from != null && from.startsWith(rolledUp)))) {
                last = key;
                continue;
            }
            if (found.size() + prefixes.size() == request.limit()) {
                return new ListPage(found, List.copyOf(prefixes), last);
            }
            if (rolledUp != null) {
                prefixes.add(rolledUp);
            } else {
                found.add(listed(entry.getValue().info()));
            }
            last = key;
        }
        return new ListPage(found, List.copyOf(prefixes), null);
    }

    private static @Nullable String commonPrefix(String key, ListRequest request) {
        String delimiter = request.delimiter();
        if (delimiter == null) {
            return null;
        }
        int at = key.indexOf(delimiter, request.prefix().length());
        return at < 0 ? null : key.substring(0, at + delimiter.length());
    }

    private static ObjectInfo listed(ObjectInfo info) {
        return new ObjectInfo(info.key(), info.size(), info.etag(), null, info.lastModified(), null, Map.of());
    }

    @Override
    public synchronized ObjectInfo put(PutRequest request) {
        check("put", request.key(), request.precondition());
        byte[] bytes = bytes("put", request.key(), request.content());
        return store(request.key(), bytes, etag(bytes), request.contentType(), request.metadata());
    }

    @Override
    public synchronized ObjectInfo copy(CopySource source, String targetKey) {
        Stored stored = existing("copy", source.key(), source.ifMatch());
        ObjectInfo info = stored.info();
        String type = info.contentType() == null ? "application/octet-stream" : info.contentType();
        return store(targetKey, stored.bytes(), etag(stored.bytes()), type, info.metadata());
    }

    @Override
    public synchronized void delete(String key) {
        objects.remove(new Key(key));
    }

    @Override
    public synchronized UploadRef startUpload(UploadRequest request) {
        checkKey("startUpload", request.key());
        String id = "upload-" + (++sequence);
        uploads.computeIfAbsent(new Key(request.key()), k -> new TreeMap<>())
                .put(id, new Upload(request, now(), new TreeMap<>()));
        return new UploadRef(request.key(), id);
    }

    @Override
    public synchronized Part uploadPart(UploadRef upload, int number, Content content) {
        Upload open = open("uploadPart", upload);
        return addPart(upload, open, number, bytes("uploadPart", upload.key(), content));
    }

    @Override
    public synchronized Part copyPart(UploadRef upload, int number, CopySource source, @Nullable ByteRange range) {
        Upload open = open("copyPart", upload);
        byte[] bytes = existing("copyPart", source.key(), source.ifMatch()).bytes();
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
        return addPart(upload, open, number, bytes);
    }

    private Part addPart(UploadRef upload, Upload open, int number, byte[] bytes) {
        if (number < 1 || number > Limits.MAX_PARTS) {
            throw new PermanentStoreException("uploadPart", upload.key(), "part number " + number, null);
        }
        Part part = new Part(number, bytes.length, etag(bytes), crc(bytes));
        open.parts().put(number, new StoredPart(part, bytes));
        return part;
    }

    @Override
    public synchronized ObjectInfo completeUpload(CompleteRequest request) {
        UploadRef ref = request.upload();
        Upload open = open("completeUpload", ref);
        byte[] bytes = assemble(ref, open, request);
        check("completeUpload", ref.key(), request.precondition());
        drop(ref);
        return store(
                ref.key(),
                bytes,
                etag(bytes) + "-" + request.parts().size(),
                open.request().contentType(),
                open.request().metadata());
    }

    private byte[] assemble(UploadRef ref, Upload open, CompleteRequest request) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        int previous = 0;
        for (int i = 0; i < request.parts().size(); i++) {
            Part part = request.parts().get(i);
            StoredPart stored = open.parts().get(part.number());
            if (stored == null || !stored.part().etag().equals(part.etag()) || part.number() <= previous) {
                throw new PermanentStoreException("completeUpload", ref.key(), "no such part: " + part.number(), null);
            }
            if (i < request.parts().size() - 1 && stored.bytes().length < minPartBytes) {
                throw new PermanentStoreException(
                        "completeUpload", ref.key(), "part too small: " + part.number(), null);
            }
            previous = part.number();
            all.writeBytes(stored.bytes());
        }
        byte[] bytes = all.toByteArray();
        if (request.parts().isEmpty()) {
            throw new PermanentStoreException("completeUpload", ref.key(), "no parts", null);
        }
        if (request.size() != null && request.size() != bytes.length) {
            throw new PermanentStoreException(
                    "completeUpload", ref.key(), "size is " + bytes.length + ", not " + request.size(), null);
        }
        if (request.crc32() != null && request.crc32() != crc(bytes)) {
            throw new PermanentStoreException("completeUpload", ref.key(), "checksum does not match", null);
        }
        return bytes;
    }

    @Override
    public synchronized void abortUpload(UploadRef upload) {
        drop(upload);
    }

    private void drop(UploadRef ref) {
        Key key = new Key(ref.key());
        SortedMap<String, Upload> atKey = uploads.get(key);
        if (atKey != null) {
            atKey.remove(ref.uploadId());
            if (atKey.isEmpty()) {
                uploads.remove(key);
            }
        }
    }

    @Override
    public synchronized UploadPage listUploads(String prefix, @Nullable String continuation) {
        List<UploadPage.Unfinished> all = new ArrayList<>();
        uploads.forEach((key, atKey) -> {
            if (key.text().startsWith(prefix)) {
                atKey.forEach((id, upload) ->
                        all.add(new UploadPage.Unfinished(new UploadRef(key.text(), id), upload.initiated())));
            }
        });
        int from = continuation == null ? 0 : firstBehind(all, continuation);
        int to = Math.min(all.size(), from + UPLOADS_PER_PAGE);
        return new UploadPage(all.subList(from, to), to == all.size() ? null : marker(all.get(to - 1)));
    }

    /** Names an upload's place in the order, which outlives the upload as S3's markers do. */
    private static String marker(UploadPage.Unfinished upload) {
        return upload.ref().uploadId() + "\n" + upload.ref().key();
    }

    private static int firstBehind(List<UploadPage.Unfinished> all, String marker) {
        int end = marker.indexOf('\n');
        Key key = new Key(marker.substring(end + 1));
        for (int i = 0; i < all.size(); i++) {
            UploadRef ref = all.get(i).ref();
            int order = new Key(ref.key()).compareTo(key);
            if (order > 0 || (order == 0 && ref.uploadId().compareTo(marker.substring(0, end)) > 0)) {
                return i;
            }
        }
        return all.size();
    }

    @Override
    public synchronized List<Part> listParts(UploadRef upload) {
        return open("listParts", upload).parts().values().stream()
                .map(StoredPart::part)
                .toList();
    }

    @Override
    public void close() {}

    /** All objects as they are now, for a test's comparison. */
    public synchronized Map<String, byte[]> snapshot() {
        Map<String, byte[]> all = new HashMap<>();
        objects.forEach((key, stored) -> all.put(key.text(), stored.bytes().clone()));
        return all;
    }

    /** Fails if an upload was neither completed nor aborted: what a test calls last. */
    public synchronized void assertNoOpenUploads() {
        if (!uploads.isEmpty()) {
            throw new AssertionError("open uploads under: " + uploads.keySet());
        }
    }

    private Stored existing(String operation, String key, @Nullable String ifMatch) {
        Stored stored = objects.get(new Key(key));
        if (stored == null) {
            throw new AbsentException(operation, key, "no such object", null);
        }
        if (ifMatch != null && !ifMatch.equals(stored.info().etag())) {
            throw new ConflictException(operation, key, "the object was replaced", null);
        }
        return stored;
    }

    private Upload open(String operation, UploadRef ref) {
        SortedMap<String, Upload> atKey = uploads.get(new Key(ref.key()));
        Upload upload = atKey == null ? null : atKey.get(ref.uploadId());
        if (upload == null) {
            throw new AbsentException(operation, ref.key(), "no such upload", null);
        }
        return upload;
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
    private static String etag(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private ObjectInfo store(String key, byte[] bytes, String etag, String contentType, Map<String, String> metadata) {
        checkKey("put", key);
        ObjectInfo info = new ObjectInfo(key, bytes.length, etag, null, now(), contentType, metadata);
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
            if (bytes.length != content.length() || crc(bytes) != content.crc32()) {
                throw new PermanentStoreException(operation, key, "content does not match its size or checksum", null);
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long crc(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }
}
