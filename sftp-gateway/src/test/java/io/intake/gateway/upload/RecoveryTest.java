package io.intake.gateway.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.gateway.upload.ResumeRecord.Multipart;
import io.intake.gateway.upload.ResumeRecord.Tail;
import io.intake.store.Part;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A byte counted as durable that is not, or that another session sent, is a hole in somebody's record. */
class RecoveryTest {
    private static final int MIB = 1 << 20;
    private static final Part ONE = part(1, 8 * MIB);
    private static final Part TWO = part(2, 5 * MIB);
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
