package io.intake.gateway.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.gateway.upload.ResumeRecord.Multipart;
import io.intake.gateway.upload.ResumeRecord.Tail;
import io.intake.store.Part;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A byte counted as durable that is not, or that another session sent, is a hole in somebody's record. */
class RecoveryTest {
    private static final int MIB = 1 << 20;
    private static final Part ONE = part(1, 8 * MIB);
    private static final Part TWO = part(2, 5 * MIB);
    private static final PartLimits ONE_IN_PLACE = new PartLimits(5 * MIB, 20 * MIB, 9, 1);
    private static final Tail TAIL = new Tail("parked/p/t", 1000, 7);

    private static Part part(int number, long size) {
        return new Part(number, size, "etag-" + number, 5L);
    }

    private static ResumeRecord record(boolean parked, List<Part> parts) {
        return new ResumeRecord(
                "inbound/p/x", 3, "owner", parked, null, new Multipart("store", "id", parts), TAIL, null, false, false);
    }

    private static long size(ResumeRecord record, Part... listed) {
        return Recovery.check(record, List.of(listed), PartLimits.S3, _ -> List.of())
                .map(ResumeRecord::size)
                .orElse(-1L);
    }

    @Test
    void whatIsParkedCountsWithItsTailAndLaterPartsDoNot() {
        assertThat(size(record(true, List.of(ONE)), ONE)).isEqualTo(8 * MIB + 1000);
        assertThat(size(record(true, List.of(ONE)), ONE, TWO)).isEqualTo(8 * MIB + 1000);
    }

    @Test
    void partsOfASessionThatDidNotParkCountInsteadOfItsTail() {
        assertThat(size(record(false, List.of(ONE)), ONE, TWO)).isEqualTo(13 * MIB);
        assertThat(size(record(false, List.of(ONE)), ONE)).isEqualTo(8 * MIB + 1000);
        assertThat(size(record(false, List.of()), ONE, TWO)).isEqualTo(13 * MIB);
    }

    @Test
    void aGapEndsTheFile() {
        assertThat(size(record(false, List.of(ONE)), ONE, part(3, 8 * MIB))).isEqualTo(8 * MIB + 1000);
        assertThat(size(record(false, List.of(ONE)), ONE, TWO, part(4, 8 * MIB)))
                .isEqualTo(13 * MIB);
    }

    @Test
    void aPartThatOnlyAFilesLastCanBeDoesNotCount() {
        assertThat(size(record(false, List.of(ONE)), ONE, part(2, 5 * MIB - 1))).isEqualTo(8 * MIB + 1000);
        assertThat(size(record(false, List.of(ONE)), ONE, part(2, 6 * MIB + 1))).isEqualTo(8 * MIB + 1000);
    }

    @Test
    void aRecordedPartThatIsGoneOrReplacedEndsTheFile() {
        Part replaced = new Part(2, 5 * MIB, "other", 5L);
        assertThat(size(record(true, List.of(ONE, TWO)), ONE, replaced)).isEqualTo(8 * MIB);
        assertThat(size(record(true, List.of(ONE, TWO)), ONE)).isEqualTo(8 * MIB);
        assertThat(size(record(true, List.of(ONE)))).as("aborted").isEqualTo(-1);
        assertThat(size(record(true, List.of(ONE)), TWO)).isEqualTo(-1);
    }

    private static ResumeRecord segmented(boolean parked, Segment... segments) {
        Multipart multipart = new Multipart("store", "id", List.of(ONE), List.of(segments));
        return new ResumeRecord("inbound/p/x", 3, "owner", parked, null, multipart, TAIL, null, false, false);
    }

    private static Optional<ResumeRecord> found(ResumeRecord record, Segment... following) {
        return Recovery.check(record, List.of(ONE), ONE_IN_PLACE, _ -> List.of(following));
    }

    @Test
    void partsOfASegmentCountAsTheyWereParkedAndTheTailBehindThem() {
        Segment open = Segment.open("k", "s", List.of(part(1, 5 * MIB), part(2, 5 * MIB)));
        ResumeRecord parked = segmented(true, open);
        assertThat(found(parked, open)).contains(parked);
        assertThat(parked.size()).isEqualTo(18 * MIB + 1000);
        Segment more = Segment.open("k", "s", List.of(part(1, 5 * MIB), part(2, 5 * MIB), part(3, 5 * MIB)));
        assertThat(found(parked, more)).contains(parked);
        Segment less = Segment.open("k", "s", List.of(part(1, 5 * MIB)));
        assertThat(found(parked, less).orElseThrow().size()).isEqualTo(13 * MIB);
        assertThat(found(parked, Segment.open("k", "other", open.parts()))
                        .orElseThrow()
                        .size())
                .isEqualTo(8 * MIB);
        assertThat(found(parked).orElseThrow().size()).isEqualTo(8 * MIB);
    }

    @Test
    void whatASessionThatDidNotParkSentOfSegmentsCountsInsteadOfItsTail() {
        Segment open = Segment.open("k", "s", List.of(part(1, 5 * MIB)));
        ResumeRecord record = segmented(false, open);
        assertThat(found(record, open)).contains(record);
        Segment more = Segment.open("k", "s", List.of(part(1, 5 * MIB), part(2, 5 * MIB)));
        assertThat(found(record, more).orElseThrow().size()).isEqualTo(18 * MIB);
        Segment whole = Segment.object("k", "e", 15 * MIB);
        Segment next = Segment.open("l", "t", List.of(part(1, 6 * MIB)));
        assertThat(found(record, whole, next).orElseThrow().size()).isEqualTo(29 * MIB);
        assertThat(found(record, Segment.object("k", "e", 5 * MIB))
                        .orElseThrow()
                        .tail())
                .as("the same bytes, as an object")
                .isEqualTo(TAIL);
        assertThat(found(record(false, List.of(ONE)), whole).orElseThrow().size())
                .isEqualTo(23 * MIB);
    }

    /** The late copy of a session that was taken over is of the same bytes; the late part of one need not be. */
    @Test
    void aCopyThatWasMadeTwiceCountsAndAPartInPlaceDoesNot() {
        ResumeRecord record = record(true, List.of(ONE, TWO));
        Part copied = new Part(2, 5 * MIB, "other", 5L);
        assertThat(Recovery.check(record, List.of(ONE, copied), ONE_IN_PLACE, _ -> List.of())
                        .orElseThrow()
                        .multipart())
                .isEqualTo(new Multipart("store", "id", List.of(ONE, copied)));
        Part different = new Part(2, 5 * MIB, "other", 6L);
        assertThat(Recovery.check(record, List.of(ONE, different), ONE_IN_PLACE, _ -> List.of())
                        .orElseThrow()
                        .size())
                .isEqualTo(8 * MIB);
        assertThat(size(record, ONE, copied)).isEqualTo(8 * MIB);
    }

    @Test
    void aRecordTellsOfSegmentsAndOneFromBeforeThereWereAnyHasNone() {
        ResumeRecord record =
                segmented(true, Segment.object("j", "e", 7 * MIB), Segment.open("k", "s", List.of(part(1, 5 * MIB))));
        assertThat(ResumeRecord.fromJson(record.toJson())).contains(record);
        String json = new String(record(true, List.of(ONE)).toJson(), StandardCharsets.UTF_8);
        assertThat(json).contains(",\"segments\":[]");
        assertThat(ResumeRecord.fromJson(json.replace(",\"segments\":[]", "").getBytes(StandardCharsets.UTF_8)))
                .contains(record(true, List.of(ONE)));
    }

    @Test
    void aTailWithoutPartsNeedsNoUpload() {
        ResumeRecord small = new ResumeRecord("inbound/p/x", 1, "owner", true, "base", null, TAIL, null, false, false);
        assertThat(size(small)).isEqualTo(1000);
        assertThat(small.upload()).isNull();
    }

    @Test
    void aRecordIsReadAsItWasWrittenAndADamagedOneIsNone() {
        ResumeRecord record = record(false, List.of(ONE, new Part(2, 5 * MIB, "e", null)));
        assertThat(ResumeRecord.fromJson(record.toJson())).contains(record);
        ResumeRecord small = new ResumeRecord("inbound/p/x", 1, "owner", true, "base", null, TAIL, null, false, false);
        assertThat(ResumeRecord.fromJson(small.toJson())).contains(small);
        byte[] json = record.toJson();
        for (int length = 0; length < json.length; length++) {
            assertThat(ResumeRecord.fromJson(java.util.Arrays.copyOf(json, length)))
                    .as("cut at %d", length)
                    .isEmpty();
        }
        String incomplete = "{\"key\":\"k\",\"newer\":1}";
        assertThat(ResumeRecord.fromJson(incomplete.getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
    }

    @Test
    void aRecordsKeyTellsNoName() {
        UploadTarget target = UploadTarget.of("p", "inbound/p/Müller/", "inbound/p/Müller/Anna.pdf");
        assertThat(target.recordKey()).matches("parked/p/[0-9a-f]{32}/[0-9a-f]{32}\\.json");
        assertThat(target.tailKey("o")).matches("parked/p/[0-9a-f]{32}/[0-9a-f]{32}-o\\.tail");
        assertThat(target.recordKey()).startsWith(UploadTarget.recordPrefix("p", "inbound/p/Müller/"));
    }

    @Test
    void theChecksumIsUnknownAsSoonAsOnePartsIs() {
        assertThat(PartSender.crc32(List.of(ONE, new Part(2, 5, "e", null)))).isNull();
        assertThat(PartSender.crc32(List.of())).isZero();
    }
}
