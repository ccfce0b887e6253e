package io.intake.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What {@link ObjectStore} promises, held against every implementation. Where a store keeps a promise only nearly, the code
 * above, which was tried against another, loses or doubles hospital files on it.
 *
 * <p>Where stores legitimately differ, a capability method says so; its default is what Amazon's S3 does.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ObjectStoreContractTest {
    /** The smallest part that may have parts behind it. */
    protected static final int PART = ObjectStore.Limits.MIN_PART_BYTES;

    private static final String TEXT = "text/plain";
    private static int runs;

    /** Everything of one test lies under this prefix, so that a bucket that holds other things can be used. */
    private String prefix = "";

    /** The store to test, the same for all tests; they leave other prefixes alone. */
    protected abstract ObjectStore store();

    /** Whether {@code x} and {@code x/y} can both be objects, and empty path segments can be part of a key. */
    protected boolean takesAnyKey() {
        return true;
    }

    /** Whether content with a wrong CRC32 is refused. */
    protected boolean verifiesChecksums() {
        return true;
    }

    /** Whether the parts of an unknown upload are an error, not an empty list. */
    protected boolean knowsUnknownUploads() {
        return true;
    }

    /** Whether a part cannot be added to an upload that was aborted. */
    protected boolean refusesPartsOfUnknownUploads() {
        return true;
    }

    /** Whether listed parts have their CRC32. */
    protected boolean listsPartChecksums() {
        return true;
    }

    /** Whether keys with characters beyond the Basic Multilingual Plane are listed in UTF-8's order, not UTF-16's. */
    protected boolean ordersSupplementaryCharacters() {
        return true;
    }

    /** Where the tests may write. */
    protected String root() {
        return "jobs/contract/";
    }

    @BeforeEach
    void choosePrefix() {
        prefix = root() + Long.toHexString(System.nanoTime()) + "-" + runs++ + "/";
    }

    @AfterEach
    void removeWhatWasMade() {
        for (UploadPage.Unfinished upload : unfinished()) {
            store().abortUpload(upload.ref());
        }
        for (String key : keys(ListRequest.under(prefix))) {
            store().delete(key);
        }
    }

    // One object

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

    // Ranges

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

    // Conditions

    /** Two invocations that both open the job deliver the file twice. */
    @Test
    void aWriteThatAsksForAbsenceSucceedsOnce() {
        PutRequest first = conditional("a", "first", Precondition.IF_ABSENT);
        store().put(first);
        assertThatThrownBy(() -> store().put(conditional("a", "second", Precondition.IF_ABSENT)))
                .isInstanceOf(AlreadyPresentException.class);
        assertThat(text(key("a"))).isEqualTo("first");
    }

    /** An invocation whose lease was taken over must not overwrite its successor's progress. */
    @Test
    void aWriteThatAsksForAnETagSucceedsOnlyOnIt() {
        ObjectInfo one = put("a", "one");
        ObjectInfo two = store().put(conditional("a", "two", Precondition.ifMatch(one.etag())));
        assertThatThrownBy(() -> store().put(conditional("a", "three", Precondition.ifMatch(one.etag()))))
                .isInstanceOf(ConflictException.class);
        assertThat(text(key("a"))).isEqualTo("two");
        store().delete(key("a"));
        assertThatThrownBy(() -> store().put(conditional("a", "four", Precondition.ifMatch(two.etag()))))
                .isInstanceOf(AbsentException.class);
        assertThat(store().head(key("a"))).isEmpty();
    }

    /** Check and write must be one step, or two racers both win. */
    @Test
    void ofManyRacingCreationsOneWins() throws Exception {
        for (int round = 0; round < 5; round++) {
            String name = "race" + round;
            assertThat(race(i -> store().put(conditional(name, "racer " + i, Precondition.IF_ABSENT))))
                    .as("winners of round %d", round)
                    .hasSize(1)
                    .allSatisfy(winner -> assertThat(text(key(name))).isEqualTo("racer " + winner));
        }
    }

    /** The same for the swap that advances a job. */
    @Test
    void ofManyRacingSwapsOneWins() throws Exception {
        for (int round = 0; round < 5; round++) {
            String name = "swap" + round;
            String etag = put(name, "start").etag();
            assertThat(race(i -> store().put(conditional(name, "racer " + i, Precondition.ifMatch(etag)))))
                    .as("winners of round %d", round)
                    .hasSize(1)
                    .allSatisfy(winner -> assertThat(text(key(name))).isEqualTo("racer " + winner));
        }
    }

    /** Two stitchers that both publish would each believe that their rows are the delivered ones. */
    @Test
    void ofManyRacingCompletionsThatAskForAbsenceOneWins() throws Exception {
        List<UploadRef> uploads =
                IntStream.range(0, 6).mapToObj(i -> start("out")).toList();
        List<Part> parts = IntStream.range(0, 6)
                .mapToObj(i -> store().uploadPart(
                                uploads.get(i), 1, Content.of(("racer " + i).getBytes(StandardCharsets.UTF_8))))
                .toList();
        List<Integer> winners = race(
                6,
                i -> store().completeUpload(new CompleteRequest(
                        uploads.get(i), List.of(parts.get(i)), null, null, Precondition.IF_ABSENT)));
        assertThat(winners).hasSize(1);
        assertThat(text(key("out"))).isEqualTo("racer " + winners.getFirst());
    }

    // Listing

    /** A key that a listing cannot return is a file that no sweeper finds. */
    @Test
    void oddKeysComeBackFromListingsReadsAndCopies() {
        List<String> odd = List.of(
                "plain.txt",
                "with space.txt",
                " leading",
                "plus+plus",
                "per%cent",
                "%2F",
                "100%25",
                "ümlaut",
                "日本語",
                "emoji-\uD83D\uDE00",
                "quote\"quote",
                "apos'trophe",
                "amp&amp;<x>",
                "semi;colon",
                "question?mark=1",
                "hash#tag",
                "back\\slash",
                "tilde~",
                "star*",
                "(paren)[br]{ace}",
                "new\nline",
                "tab\tx",
                "comma,a",
                "a:b",
                "@at",
                "dollar$",
                "caret^`|");
        for (String name : odd) {
            put("odd/" + name, name);
        }
        assertThat(keys(ListRequest.under(prefix + "odd/")))
                .containsExactlyInAnyOrderElementsOf(
                        odd.stream().map(name -> key("odd/" + name)).toList());
        for (String name : odd) {
            assertThat(text(key("odd/" + name))).as(name).isEqualTo(name);
            ObjectInfo copy = store().copy(new CopySource(key("odd/" + name), null, null), key("copies/" + name));
            assertThat(text(key("copies/" + name))).as(name).isEqualTo(name);
            assertThat(copy.key()).isEqualTo(key("copies/" + name));
            assertThat(keys(ListRequest.under(prefix + "copies/" + name)))
                    .as(name)
                    .containsExactly(key("copies/" + name));
        }
    }

    /** Code that resumes behind a key relies on the order. */
    @Test
    void listingsAreInTheOrderOfUtf8Bytes() {
        List<String> ordered = List.of("A", "B", "Z0", "a", "a-", "a.", "a0", "aa", "b", "é", "\uFF5E", "\uD83D\uDE00")
                .subList(0, ordersSupplementaryCharacters() ? 12 : 11);
        List<String> shuffled = new ArrayList<>(ordered);
        java.util.Collections.shuffle(shuffled, new Random(7));
        shuffled.forEach(name -> put(name, name));
        List<String> expected = ordered.stream().map(this::key).toList();
        assertThat(keys(ListRequest.under(prefix))).isEqualTo(expected);
        for (int limit : List.of(1, 2, 5, 12, 13)) {
            assertThat(keys(new ListRequest(prefix, null, null, null, limit)))
                    .as("pages of %d", limit)
                    .isEqualTo(expected);
        }
        for (int i = 0; i < expected.size(); i++) {
            assertThat(keys(new ListRequest(prefix, null, expected.get(i), null, 3)))
                    .as("behind number %d", i)
                    .isEqualTo(expected.subList(i + 1, expected.size()));
        }
    }

    /** A folder shown twice, or not at all, at a page's edge. */
    @Test
    void commonPrefixesComeOnceWhateverThePageSize() {
        for (String name : List.of("a/1", "a/2", "a/3", "b", "c/d/e", "c/d/f", "c/g", "d")) {
            put(name, name);
        }
        for (int limit : List.of(1, 2, 3, 4, 1000)) {
            List<String> objects = new ArrayList<>();
            List<String> prefixes = new ArrayList<>();
            String continuation = null;
            do {
                ListPage page = store().list(new ListRequest(prefix, "/", null, continuation, limit));
                assertThat(page.objects().size() + page.commonPrefixes().size())
                        .as("page of %d", limit)
                        .isLessThanOrEqualTo(limit);
                page.objects().forEach(object -> objects.add(object.key()));
                prefixes.addAll(page.commonPrefixes());
                continuation = page.continuation();
            } while (continuation != null);
            assertThat(objects).as("pages of %d", limit).containsExactly(key("b"), key("d"));
            assertThat(prefixes).as("pages of %d", limit).containsExactly(key("a/"), key("c/"));
        }
        assertThat(keys(ListRequest.children(key("c/")))).containsExactly(key("c/g"));
    }

    /** Where a file and a folder of one name are possible, both must stay reachable. */
    @Test
    void aKeyAndKeysBelowItCanCoexist() {
        if (!takesAnyKey()) {
            return;
        }
        put("d", "file");
        put("d/e", "below");
        put("d//f", "empty segment");
        assertThat(keys(ListRequest.under(prefix))).containsExactly(key("d"), key("d//f"), key("d/e"));
        assertThat(text(key("d"))).isEqualTo("file");
    }

    // Copies

    /** A rename that loses metadata loses the write id and the file's time. */
    @Test
    void aCopyHasBytesTypeAndMetadataOfItsSourceAndReplacesItsTarget() {
        store().put(new PutRequest(
                key("a"), Content.of(random(5_000, 8)), "text/csv", Map.of("mtime", "1"), Precondition.ALWAYS));
        put("b", "old");
        ObjectInfo copy = store().copy(new CopySource(key("a"), null, null), key("b"));
        assertThat(bytes(key("b"))).isEqualTo(random(5_000, 8));
        ObjectInfo head = store().head(key("b")).orElseThrow();
        assertThat(head.contentType()).isEqualTo("text/csv");
        assertThat(head.metadata()).isEqualTo(Map.of("mtime", "1"));
        assertThat(copy.etag()).isEqualTo(head.etag());
        assertThat(copy.size()).isEqualTo(5_000);
        assertThat(bytes(key("a"))).hasSize(5_000);
    }

    /** A copy that takes the bytes of another upload delivers the wrong file under the right name. */
    @Test
    void aPinnedCopyRefusesAReplacedSource() {
        ObjectInfo old = put("a", "old");
        put("a", "new");
        assertThatThrownBy(() -> store().copy(CopySource.pinned(key("a"), old.etag()), key("b")))
                .isInstanceOf(ConflictException.class);
        assertThat(store().head(key("b"))).isEmpty();
    }

    // Uploads

    /** A truncated file that can be seen is a truncated file that gets processed. */
    @Test
    void anUploadIsInvisibleUntilItIsCompletedAndWholeAfterwards() {
        byte[] bytes = random(2 * PART + 777, 9);
        UploadRef upload = store().startUpload(new UploadRequest(key("up"), "text/csv", Map.of("write-id", "w9")));
        Part two = part(upload, 2, bytes, PART, PART);
        Part one = part(upload, 1, bytes, 0, PART);
        Part three = part(upload, 3, bytes, 2 * PART, 777);
        assertThat(store().head(key("up"))).isEmpty();
        assertThat(keys(ListRequest.under(prefix))).isEmpty();
        ObjectInfo done = store().completeUpload(new CompleteRequest(
                upload, List.of(one, two, three), (long) bytes.length, Crc32.of(bytes), Precondition.ALWAYS));
        ObjectInfo head = store().head(key("up")).orElseThrow();
        assertThat(bytes(key("up"))).isEqualTo(bytes);
        assertThat(done.etag()).isEqualTo(head.etag()).doesNotContain("\"");
        assertThat(done.size()).isEqualTo(bytes.length);
        assertThat(head.contentType()).isEqualTo("text/csv");
        assertThat(head.metadata()).isEqualTo(Map.of("write-id", "w9"));
        assertThat(unfinished()).isEmpty();
    }

    /** After a crash of the gateway the parts that S3 has are all there is. */
    @Test
    void unfinishedUploadsAndTheirPartsAreFoundAgain() {
        byte[] bytes = random(PART + 10, 10);
        UploadRef upload = start("up");
        Part two = part(upload, 2, bytes, PART, 10);
        Part one = part(upload, 1, bytes, 0, PART);
        assertThat(unfinished()).extracting(UploadPage.Unfinished::ref).containsExactly(upload);
        List<Part> listed = store().listParts(upload);
        assertThat(listed).extracting(Part::number).containsExactly(1, 2);
        assertThat(listed).extracting(Part::size).containsExactly((long) PART, 10L);
        assertThat(listed).extracting(Part::etag).containsExactly(one.etag(), two.etag());
        if (listsPartChecksums()) {
            assertThat(listed).extracting(Part::crc32).containsExactly(one.crc32(), two.crc32());
        }
        store().completeUpload(new CompleteRequest(upload, listed, null, null, Precondition.ALWAYS));
        assertThat(bytes(key("up"))).isEqualTo(bytes);
    }

    /** Several uploads of one key, and keys beside each other, must not be mixed up. */
    @Test
    void uploadsAreListedByKeyUnderTheirPrefixOnly() {
        List<UploadRef> wanted = List.of(start("u/a b+c%"), start("u/b"), start("u/b"), start("u/ü"));
        start("v/other");
        assertThat(unfinished("u/")).extracting(UploadPage.Unfinished::ref).containsExactlyInAnyOrderElementsOf(wanted);
        assertThat(unfinished("u/")).extracting(upload -> upload.ref().key()).isSorted();
        assertThat(unfinished("none/")).isEmpty();
    }

    /** A part sent again after a lost answer must replace, not append. */
    @Test
    void aPartSentAgainReplacesTheEarlierOne() {
        UploadRef upload = start("up");
        store().uploadPart(upload, 1, Content.of("first".getBytes(StandardCharsets.UTF_8)));
        Part again = store().uploadPart(upload, 1, Content.of("again".getBytes(StandardCharsets.UTF_8)));
        store().completeUpload(new CompleteRequest(upload, List.of(again), 5L, null, Precondition.ALWAYS));
        assertThat(text(key("up"))).isEqualTo("again");
    }

    /** Parts of an attempt that was given up must not end up in the object. */
    @Test
    void partsLeftOutAreDroppedAndNumbersMayHaveGaps() {
        byte[] bytes = random(PART, 11);
        UploadRef upload = start("up");
        Part three = part(upload, 3, bytes, 0, PART);
        store().uploadPart(upload, 5, Content.of("dropped".getBytes(StandardCharsets.UTF_8)));
        Part nine = store().uploadPart(upload, 9, Content.of("tail".getBytes(StandardCharsets.UTF_8)));
        store().completeUpload(new CompleteRequest(upload, List.of(three, nine), PART + 4L, null, Precondition.ALWAYS));
        assertThat(bytes(key("up"))).hasSize(PART + 4).startsWith(bytes).endsWith('t', 'a', 'i', 'l');
    }

    /** Publishing something else than what was sent must fail, and leave what was there. */
    @Test
    void anUploadThatDoesNotAddUpIsNotPublished() {
        put("up", "before");
        UploadRef upload = start("up");
        Part small = store().uploadPart(upload, 1, Content.of("small".getBytes(StandardCharsets.UTF_8)));
        Part last = store().uploadPart(upload, 2, Content.of("last".getBytes(StandardCharsets.UTF_8)));
        Part never = new Part(3, 1, "0".repeat(32), null);
        Part other = new Part(2, last.size(), "0".repeat(32), null);
        refused(upload, List.of(small, last), null, null); // too small
        refused(upload, List.of(last, never), null, null); // never sent
        refused(upload, List.of(other), null, null); // other bytes
        refused(upload, List.of(), null, null); // nothing
        refused(upload, List.of(last), 5L, null); // another size
        refused(upload, List.of(last), null, 1L); // another checksum
        assertThat(text(key("up"))).isEqualTo("before");
        store().completeUpload(new CompleteRequest(upload, List.of(last), 4L, last.crc32(), Precondition.ALWAYS));
        assertThat(text(key("up"))).isEqualTo("last");
    }

    private void refused(UploadRef upload, List<Part> parts, @Nullable Long size, @Nullable Long crc32) {
        assertThatThrownBy(() ->
                        store().completeUpload(new CompleteRequest(upload, parts, size, crc32, Precondition.ALWAYS)))
                .as("%s", parts)
                .isInstanceOf(PermanentStoreException.class);
    }

    /** A completion that lost must leave its upload, so that its owner can look at what happened and abort. */
    @Test
    void aCompletionWhoseConditionFailsKeepsTheUpload() {
        UploadRef upload = start("up");
        Part part = store().uploadPart(upload, 1, Content.of("mine".getBytes(StandardCharsets.UTF_8)));
        String theirs = put("up", "theirs").etag();
        assertThatThrownBy(() -> store().completeUpload(
                                new CompleteRequest(upload, List.of(part), null, null, Precondition.IF_ABSENT)))
                .isInstanceOf(AlreadyPresentException.class);
        assertThatThrownBy(() -> store().completeUpload(new CompleteRequest(
                        upload, List.of(part), null, null, Precondition.ifMatch("0".repeat(32)))))
                .isInstanceOf(ConflictException.class);
        assertThat(text(key("up"))).isEqualTo("theirs");
        assertThat(store().listParts(upload)).hasSize(1);
        store().completeUpload(new CompleteRequest(upload, List.of(part), null, null, Precondition.ifMatch(theirs)));
        assertThat(text(key("up"))).isEqualTo("mine");
    }

    /** An abandoned upload's parts cost money and hold patients' data. */
    @Test
    void anAbortedUploadIsGoneAndMayBeAbortedAgain() {
        UploadRef upload = start("up");
        Part part = store().uploadPart(upload, 1, Content.of("x".getBytes(StandardCharsets.UTF_8)));
        store().abortUpload(upload);
        store().abortUpload(upload);
        assertThat(unfinished()).isEmpty();
        assertThatThrownBy(() -> store().completeUpload(
                                new CompleteRequest(upload, List.of(part), null, null, Precondition.ALWAYS)))
                .isInstanceOf(AbsentException.class);
        if (refusesPartsOfUnknownUploads()) {
            assertThatThrownBy(() -> store().uploadPart(upload, 2, Content.of(new byte[1])))
                    .isInstanceOf(AbsentException.class);
        }
        if (knowsUnknownUploads()) {
            assertThatThrownBy(() -> store().listParts(upload)).isInstanceOf(AbsentException.class);
        } else {
            assertThat(store().listParts(upload)).isEmpty();
        }
        assertThat(store().head(key("up"))).isEmpty();
    }

    /** A completion whose answer was lost is tried again: it may succeed or be absent, but must not damage. */
    @Test
    void completingAgainLeavesTheObjectAsItIs() {
        UploadRef upload = start("up");
        Part part = store().uploadPart(upload, 1, Content.of("once".getBytes(StandardCharsets.UTF_8)));
        CompleteRequest request = new CompleteRequest(upload, List.of(part), 4L, part.crc32(), Precondition.ALWAYS);
        ObjectInfo first = store().completeUpload(request);
        try {
            assertThat(store().completeUpload(request).etag()).isEqualTo(first.etag());
        } catch (AbsentException _) {
            // allowed
        }
        assertThat(text(key("up"))).isEqualTo("once");
    }

    /** A resumed upload takes what is there already inside the store; wrong bytes there are wrong bytes in the file. */
    @Test
    void rangesOfAnObjectBecomeParts() {
        byte[] bytes = random(2 * PART + 1_000, 12);
        ObjectInfo source = store().put(PutRequest.of(key("source"), Content.of(bytes), TEXT));
        UploadRef upload = start("up");
        CopySource pinned = CopySource.pinned(key("source"), source.etag());
        Part head = store().copyPart(upload, 1, pinned, new ByteRange(0, PART));
        Part middle = store().copyPart(upload, 2, pinned, new ByteRange(PART + 500, PART + 500));
        Part tail = store().uploadPart(upload, 3, Content.of("tail".getBytes(StandardCharsets.UTF_8)));
        store().completeUpload(new CompleteRequest(
                upload, List.of(head, middle, tail), 2L * PART + 504, null, Precondition.ALWAYS));
        byte[] expected = new byte[2 * PART + 504];
        System.arraycopy(bytes, 0, expected, 0, PART);
        System.arraycopy(bytes, PART + 500, expected, PART, PART + 500);
        System.arraycopy("tail".getBytes(StandardCharsets.UTF_8), 0, expected, 2 * PART + 500, 4);
        assertThat(bytes(key("up"))).isEqualTo(expected);
    }

    /** The same for a whole object, and never from another object than the one meant. */
    @Test
    void aWholeObjectBecomesAPartUnlessItWasReplaced() {
        ObjectInfo old = put("source", "old");
        ObjectInfo current = put("source", "current");
        UploadRef upload = start("up");
        assertThatThrownBy(() -> store().copyPart(upload, 1, CopySource.pinned(key("source"), old.etag()), null))
                .isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> store().copyPart(upload, 1, new CopySource(key("none"), null, null), null))
                .isInstanceOf(AbsentException.class);
        Part part = store().copyPart(upload, 1, CopySource.pinned(key("source"), current.etag()), null);
        assertThat(part.size()).isIn(-1L, 7L);
        store().completeUpload(new CompleteRequest(upload, List.of(part), null, null, Precondition.ALWAYS));
        assertThat(text(key("up"))).isEqualTo("current");
    }

    // Errors

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

    // Helpers

    /** A key under this test's own prefix. */
    protected final String key(String name) {
        return prefix + name;
    }

    protected final UploadRef start(String name) {
        return store().startUpload(new UploadRequest(key(name), TEXT, Map.of()));
    }

    protected final ObjectInfo put(String name, String text) {
        return store().put(PutRequest.of(key(name), Content.of(text.getBytes(StandardCharsets.UTF_8)), TEXT));
    }

    protected static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    protected final byte[] bytes(String key) {
        try (ObjectContent content = store().read(ReadRequest.whole(key))) {
            return all(content);
        }
    }

    private PutRequest conditional(String name, String text, Precondition precondition) {
        return new PutRequest(
                key(name), Content.of(text.getBytes(StandardCharsets.UTF_8)), TEXT, Map.of(), precondition);
    }

    private String text(String key) {
        return new String(bytes(key), StandardCharsets.UTF_8);
    }

    private static byte[] all(ObjectContent content) {
        try (InputStream stream = content.stream()) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Part part(UploadRef upload, int number, byte[] bytes, int offset, int length) {
        Part part = store().uploadPart(upload, number, Content.of(ByteBuffer.wrap(bytes, offset, length)));
        assertThat(part.number()).isEqualTo(number);
        assertThat(part.size()).isEqualTo(length);
        assertThat(part.crc32()).isEqualTo(Crc32.of(bytes, offset, length));
        return part;
    }

    private List<String> keys(ListRequest request) {
        List<String> keys = new ArrayList<>();
        ListPage page = store().list(request);
        page.objects().forEach(object -> keys.add(object.key()));
        while (page.continuation() != null) {
            assertThat(page.objects().size() + page.commonPrefixes().size()).isLessThanOrEqualTo(request.limit());
            page = store().list(request.after(page.continuation()));
            page.objects().forEach(object -> keys.add(object.key()));
        }
        return keys;
    }

    private List<UploadPage.Unfinished> unfinished() {
        return unfinished("");
    }

    private List<UploadPage.Unfinished> unfinished(String name) {
        List<UploadPage.Unfinished> all = new ArrayList<>();
        UploadPage page = store().listUploads(prefix + name, null);
        all.addAll(page.uploads());
        while (page.continuation() != null) {
            page = store().listUploads(prefix + name, page.continuation());
            all.addAll(page.uploads());
        }
        return all;
    }

    @FunctionalInterface
    private interface Racer {
        ObjectInfo run(int number);
    }

    private List<Integer> race(Racer racer) throws Exception {
        return race(16, racer);
    }

    /** The numbers of those that won; losers must lose by conflict, or not know. */
    private static List<Integer> race(int racers, Racer racer) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(racers)) {
            java.util.concurrent.CountDownLatch start = new java.util.concurrent.CountDownLatch(1);
            List<Future<Optional<Integer>>> running = new ArrayList<>();
            for (int i = 0; i < racers; i++) {
                int number = i;
                Callable<Optional<Integer>> run = () -> {
                    start.await();
                    try {
                        racer.run(number);
                        return Optional.of(number);
                    } catch (ConflictException | AlreadyPresentException | TransientStoreException _) {
                        return Optional.empty();
                    }
                };
                running.add(threads.submit(run));
            }
            start.countDown();
            List<Integer> winners = new ArrayList<>();
            for (Future<Optional<Integer>> one : running) {
                one.get().ifPresent(winners::add);
            }
            return winners;
        }
    }
}
