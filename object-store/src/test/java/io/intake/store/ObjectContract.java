package io.intake.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The contract's chapter on single objects, their ranges, and errors. */
abstract class ObjectContract extends ContractBucket {
    /** A byte changed on the way in or out is a wrong dose. */
    @Test
    void anObjectComesBackByteForByteWithItsTypeAndMetadata() {
        byte[] bytes = random(100_000, 1);
        ObjectInfo put = store().put(new PutRequest(
                key("a"), Content.of(bytes), TEXT, Map.of("write-id", "w1", "x", "a b"), Precondition.ALWAYS));
        try (ObjectContent content = store().read(ReadRequest.whole(key("a")))) {
            assertThat(all(content)).isEqualTo(bytes);
            assertThat(content.info()).isEqualTo(store().head(key("a")).orElseThrow());
        }
        ObjectInfo head = store().head(key("a")).orElseThrow();
        assertThat(head.etag()).isEqualTo(put.etag()).isNotEmpty().doesNotContain("\"");
        assertThat(head.size()).isEqualTo(put.size()).isEqualTo(bytes.length);
        assertThat(head.metadata()).isEqualTo(put.metadata()).isEqualTo(Map.of("write-id", "w1", "x", "a b"));
        assertThat(head.contentType()).isEqualTo(put.contentType()).isEqualTo(TEXT);
        assertThat(put.lastModified().getEpochSecond())
                .isBetween(
                        head.lastModified().getEpochSecond() - 5,
                        head.lastModified().getEpochSecond() + 5);
    }

    /** A hospital's empty marker file is a file. */
    @Test
    void anEmptyObjectIsAnObject() {
        store().put(PutRequest.of(key("empty"), Content.of(new byte[0]), TEXT));
        assertThat(store().head(key("empty")).orElseThrow().size()).isZero();
        assertThat(bytes(key("empty"))).isEmpty();
        assertThatThrownBy(() -> store().read(new ReadRequest(key("empty"), new ByteRange(0, 1), null, null)))
                .isInstanceOf(RangeException.class);
    }

    /** Content in several buffers, as the gateway's slabs are, must arrive joined. */
    @Test
    void contentInSeveralBuffersArrivesJoined() {
        byte[] bytes = random(30_000, 2);
        Content content = Content.of(
                ByteBuffer.wrap(bytes, 0, 10_000), ByteBuffer.allocate(0), ByteBuffer.wrap(bytes, 10_000, 20_000));
        store().put(PutRequest.of(key("joined"), content, TEXT));
        assertThat(bytes(key("joined"))).isEqualTo(bytes);
    }

    /** What is not there must not look like an error, nor like an empty file. */
    @Test
    void whatIsNotThereIsAbsent() {
        assertThat(store().head(key("no"))).isEmpty();
        assertThatThrownBy(() -> store().read(ReadRequest.whole(key("no")))).isInstanceOf(AbsentException.class);
        assertThatThrownBy(() -> store().copy(new CopySource(key("no"), null, null), key("target")))
                .isInstanceOf(AbsentException.class);
        assertThat(store().head(key("target"))).isEmpty();
    }

    /** A checkpoint that is read back stale makes a stage repeat what it did. */
    @Test
    void aReplacedObjectIsReadAndListedAsReplacedAtOnce() {
        ObjectInfo first = put("a", "one");
        ObjectInfo second = put("a", "second");
        assertThat(second.etag()).isNotEqualTo(first.etag());
        assertThat(text(key("a"))).isEqualTo("second");
        assertThat(store().list(ListRequest.under(prefix)).objects())
                .singleElement()
                .satisfies(listed -> {
                    assertThat(listed.size()).isEqualTo(6);
                    assertThat(listed.etag()).isEqualTo(second.etag());
                });
    }

    /** A sweeper deletes what another one may have deleted. */
    @Test
    void deletingMakesAbsentAndMayBeRepeated() {
        put("a", "x");
        store().delete(key("a"));
        assertThat(store().head(key("a"))).isEmpty();
        assertThat(keys(ListRequest.under(prefix))).isEmpty();
        store().delete(key("a"));
    }

    /** Content damaged on its way must not be stored as if it were whole. */
    @Test
    void contentThatDoesNotMatchItsChecksumIsRefused() {
        if (!verifiesChecksums()) {
            return;
        }
        Content damaged = Content.of(12345L, ByteBuffer.wrap(random(1_000, 3)));
        assertThatThrownBy(() -> store().put(PutRequest.of(key("a"), damaged, TEXT)))
                .isInstanceOf(PermanentStoreException.class);
        assertThat(store().head(key("a"))).isEmpty();
        UploadRef upload = start("b");
        assertThatThrownBy(() -> store().uploadPart(upload, 1, damaged)).isInstanceOf(PermanentStoreException.class);
    }

    /** Unzip reads an archive in ranges: one byte off, and every entry is garbage. */
    @Test
    void aRangeIsExactlyItsBytesAndIsCutAtTheEnd() {
        byte[] bytes = random(10_000, 4);
        ObjectInfo info = store().put(PutRequest.of(key("a"), Content.of(bytes), TEXT));
        Random random = new Random(5);
        List<ByteRange> ranges = new ArrayList<>(List.of(
                new ByteRange(0, 1),
                new ByteRange(9_999, 1),
                new ByteRange(9_990, 100),
                new ByteRange(0, 10_000),
                new ByteRange(5, Long.MAX_VALUE)));
        for (int i = 0; i < 20; i++) {
            ranges.add(new ByteRange(random.nextInt(10_000), 1 + random.nextInt(12_000)));
        }
        for (ByteRange range : ranges) {
            try (ObjectContent content = store().read(ReadRequest.range(key("a"), range, info.etag()))) {
                int from = (int) range.offset();
                int to = (int) Math.min(bytes.length, range.length() > 20_000 ? bytes.length : range.end());
                assertThat(all(content)).as("%s", range).isEqualTo(java.util.Arrays.copyOfRange(bytes, from, to));
                assertThat(content.info().size()).as("whole size").isEqualTo(bytes.length);
            }
        }
    }

    /** A range behind the end that came back as something would be taken for content. */
    @Test
    void aRangeBehindTheEndIsRefused() {
        put("a", "12345");
        for (long offset : List.of(5L, 6L, 1L << 40)) {
            assertThatThrownBy(() -> store().read(new ReadRequest(key("a"), new ByteRange(offset, 1), null, null)))
                    .as("from %d", offset)
                    .isInstanceOf(RangeException.class);
        }
    }

    /** A file replaced while it is unzipped must not be read half old, half new. */
    @Test
    void aReadPinnedToAnETagRefusesTheReplacedObject() {
        ObjectInfo old = put("a", "old");
        put("a", "new");
        assertThatThrownBy(() -> store().read(ReadRequest.range(key("a"), new ByteRange(0, 1), old.etag())))
                .isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> store().read(new ReadRequest(key("a"), null, old.etag(), null)))
                .isInstanceOf(ConflictException.class);
    }

    /** Giving up on a large read must not cost reading the rest of it. */
    @Test
    void contentClosedEarlyCanBeFollowedByOtherCalls() throws IOException {
        byte[] bytes = random(4 << 20, 6);
        store().put(PutRequest.of(key("a"), Content.of(bytes), TEXT));
        for (int i = 0; i < 20; i++) {
            try (ObjectContent content = store().read(ReadRequest.whole(key("a")))) {
                assertThat(content.stream().read()).isEqualTo(bytes[0] & 0xff);
            }
        }
        assertThat(bytes(key("a"))).isEqualTo(bytes);
    }

    /** A message with a file's name in it carries a patient's name into logs and pages. */
    @Test
    void messagesHoldNoFileNames() {
        String secret = "inbound/st-marys/Jane_Doe_1970.zip";
        assertThatThrownBy(() -> store().read(ReadRequest.whole(secret)))
                .isInstanceOf(AbsentException.class)
                .satisfies(e -> {
                    for (Throwable t = e; t != null; t = t.getCause()) {
                        assertThat(String.valueOf(t.getMessage())).doesNotContain("Doe");
                    }
                })
                .hasMessageContaining("read inbound/st-marys/");
    }
}
