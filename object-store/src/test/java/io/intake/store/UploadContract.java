package io.intake.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The contract's chapter on multipart uploads. */
abstract class UploadContract extends ListingContract {
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

    /** Amazon's S3 refuses gaps where parts have checksums: a store that takes them would hide that until production. */
    @Test
    void partNumbersWithAGapAreRefused() {
        byte[] bytes = random(PART, 11);
        UploadRef upload = start("up");
        Part one = part(upload, 1, bytes, 0, PART);
        Part three = store().uploadPart(upload, 3, Content.of("tail".getBytes(StandardCharsets.UTF_8)));
        refused(upload, List.of(one, three), null, null);
        refused(upload, List.of(three), null, null);
        store().abortUpload(upload);
    }

    /** Parts of an attempt that was given up must not end up in the object. */
    @Test
    void partsBehindTheLastOneNamedAreDropped() {
        byte[] bytes = random(PART, 11);
        UploadRef upload = start("up");
        Part one = part(upload, 1, bytes, 0, PART);
        Part two = store().uploadPart(upload, 2, Content.of("tail".getBytes(StandardCharsets.UTF_8)));
        store().uploadPart(upload, 3, Content.of("dropped".getBytes(StandardCharsets.UTF_8)));
        store().completeUpload(new CompleteRequest(upload, List.of(one, two), PART + 4L, null, Precondition.ALWAYS));
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
        Part other = new Part(1, small.size(), "0".repeat(32), null);
        refused(upload, List.of(small, last), null, null); // too small
        refused(upload, List.of(small, last, never), null, null); // never sent
        refused(upload, List.of(other), null, null); // other bytes
        refused(upload, List.of(), null, null); // nothing
        refused(upload, List.of(small), 6L, null); // another size
        refused(upload, List.of(small), null, 1L); // another checksum
        assertThat(text(key("up"))).isEqualTo("before");
        store().completeUpload(new CompleteRequest(upload, List.of(small), 5L, small.crc32(), Precondition.ALWAYS));
        assertThat(text(key("up"))).isEqualTo("small");
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
}
