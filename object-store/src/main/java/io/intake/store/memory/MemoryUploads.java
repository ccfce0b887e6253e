package io.intake.store.memory;

import io.intake.store.AbsentException;
import io.intake.store.CompleteRequest;
import io.intake.store.Crc32;
import io.intake.store.ObjectStore.Limits;
import io.intake.store.Part;
import io.intake.store.PermanentStoreException;
import io.intake.store.UploadPage;
import io.intake.store.UploadRef;
import io.intake.store.UploadRequest;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Unfinished uploads and S3's rules for them. Not thread-safe: the store's lock guards it. */
final class MemoryUploads {
    private static final int PER_PAGE = 1_000;

    private final int minPartBytes;
    private final TreeMap<Key, SortedMap<String, Upload>> uploads = new TreeMap<>();
    private long sequence;

    private record StoredPart(Part part, byte[] bytes) {}

    private record Upload(UploadRequest request, Instant initiated, TreeMap<Integer, StoredPart> parts) {}

    MemoryUploads(int minPartBytes) {
        this.minPartBytes = minPartBytes;
    }

    UploadRef start(UploadRequest request, Instant now) {
        String id = "upload-%08d".formatted(++sequence);
        uploads.computeIfAbsent(new Key(request.key()), ignored -> new TreeMap<>())
                .put(id, new Upload(request, now, new TreeMap<>()));
        return new UploadRef(request.key(), id);
    }

    /** What was asked for when the upload was started. */
    UploadRequest open(String operation, UploadRef ref) {
        return upload(operation, ref).request();
    }

    private Upload upload(String operation, UploadRef ref) {
        SortedMap<String, Upload> atKey = uploads.get(new Key(ref.key()));
        Upload upload = atKey == null ? null : atKey.get(ref.uploadId());
        if (upload == null) {
            throw new AbsentException(operation, ref.key(), "no such upload", null);
        }
        return upload;
    }

    Part add(UploadRef ref, int number, byte[] bytes) {
        if (number < 1 || number > Limits.MAX_PARTS) {
            throw new PermanentStoreException("uploadPart", ref.key(), "part number " + number, null);
        }
        Part part = new Part(number, bytes.length, InMemoryObjectStore.etag(bytes), Crc32.of(bytes));
        upload("uploadPart", ref).parts().put(number, new StoredPart(part, bytes));
        return part;
    }

    List<Part> parts(UploadRef ref) {
        return upload("listParts", ref).parts().values().stream()
                .map(StoredPart::part)
                .toList();
    }

    /** The object's bytes, if the request names what was uploaded. */
    byte[] assemble(CompleteRequest request) {
        Upload upload = upload("completeUpload", request.upload());
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < request.parts().size(); i++) {
            Part part = request.parts().get(i);
            StoredPart stored = upload.parts().get(part.number());
            if (part.number() != i + 1) {
                throw refused(request, "part numbers are not consecutive from 1: " + part.number());
            }
            if (stored == null || !stored.part().etag().equals(part.etag())) {
                throw refused(request, "no such part: " + part.number());
            }
            if (i < request.parts().size() - 1 && stored.bytes().length < minPartBytes) {
                throw refused(request, "part too small: " + part.number());
            }
            all.writeBytes(stored.bytes());
        }
        byte[] bytes = all.toByteArray();
        if (request.parts().isEmpty()) {
            throw refused(request, "no parts");
        }
        if (request.size() != null && request.size() != bytes.length) {
            throw refused(request, "size is " + bytes.length + ", not " + request.size());
        }
        if (request.crc32() != null && request.crc32() != Crc32.of(bytes)) {
            throw refused(request, "checksum does not match");
        }
        return bytes;
    }

    private static PermanentStoreException refused(CompleteRequest request, String problem) {
        return new PermanentStoreException("completeUpload", request.upload().key(), problem, null);
    }

    void drop(UploadRef ref) {
        Key key = new Key(ref.key());
        SortedMap<String, Upload> atKey = uploads.get(key);
        if (atKey != null) {
            atKey.remove(ref.uploadId());
            if (atKey.isEmpty()) {
                uploads.remove(key);
            }
        }
    }

    UploadPage list(String prefix, @Nullable String continuation) {
        List<UploadPage.Unfinished> all = new ArrayList<>();
        uploads.forEach((key, atKey) -> {
            if (key.text().startsWith(prefix)) {
                atKey.forEach((id, upload) ->
                        all.add(new UploadPage.Unfinished(new UploadRef(key.text(), id), upload.initiated())));
            }
        });
        int from = continuation == null ? 0 : firstBehind(all, continuation);
        int to = Math.min(all.size(), from + PER_PAGE);
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

    void assertNone() {
        if (!uploads.isEmpty()) {
            throw new AssertionError("open uploads under: " + uploads.keySet());
        }
    }
}
