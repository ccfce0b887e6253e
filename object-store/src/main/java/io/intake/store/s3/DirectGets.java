package io.intake.store.s3;

import io.intake.store.ByteRange;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.PermanentStoreException;
import io.intake.store.ReadRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** GetObject of a range by {@link DirectSender}. Thread-safe. */
final class DirectGets {
    private static final String METADATA = "x-amz-meta-";

    private final DirectSender sender;
    private final RememberedDate dates = new RememberedDate();

    DirectGets(DirectSender sender) {
        this.sender = sender;
    }

    ObjectContent read(ReadRequest request, ByteRange range) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Range", S3Reads.header(range));
        if (request.ifMatch() != null) {
            headers.put("If-Match", request.ifMatch());
        }
        Map<String, String> query = request.versionId() == null ? Map.of() : Map.of("versionId", request.versionId());
        HttpBody body = sender.get("read", request.key(), S3Context.pin(request.ifMatch()), query, headers);
        boolean opened = false;
        try {
            requireRange(request.key(), range, body);
            Opened content = new Opened(info(request.key(), body.answer()), body);
            opened = true;
            return content;
        } finally {
            if (!opened) {
                body.close();
            }
        }
    }

    /** Another range, or all of the object, would be other bytes in the middle of a file. */
    private static void requireRange(String key, ByteRange range, HttpBody body) {
        String told = body.answer().header("content-range");
        if (told == null || !told.startsWith("bytes " + range.offset() + "-") || body.length() > range.length()) {
            throw new PermanentStoreException("read", key, "the store does not answer ranges", null);
        }
    }

    private ObjectInfo info(String key, HttpAnswer answer) {
        Map<String, String> metadata = new LinkedHashMap<>();
        answer.headers().forEach((name, value) -> {
            if (name.startsWith(METADATA)) {
                metadata.put(name.substring(METADATA.length()), value);
            }
        });
        Instant modified = dates.of(answer.header("last-modified"))
                .orElseThrow(() -> new PermanentStoreException("read", key, "the store does not say when", null));
        return new ObjectInfo(
                key,
                S3Reads.wholeSize(key, answer.header("content-range")),
                S3Context.unquote(answer.header("etag")),
                answer.header("x-amz-version-id"),
                modified,
                answer.header("content-type"),
                metadata);
    }

    /** Not thread-safe. */
    private static final class Opened extends InputStream implements ObjectContent {
        private final ObjectInfo info;
        private final HttpBody body;

        Opened(ObjectInfo info, HttpBody body) {
            this.info = info;
            this.body = body;
        }

        @Override
        public ObjectInfo info() {
            return info;
        }

        @Override
        public InputStream stream() {
            return this;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return target.hasRemaining() ? body.read(target) : 0;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int count) throws IOException {
            return read(ByteBuffer.wrap(target, offset, count));
        }

        @Override
        public void close() {
            body.close();
        }
    }
}
