package io.intake.processors.receipt;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.NaturalNaming;
import io.intake.config.ArchiveLimits;
import io.intake.config.Feed;
import io.intake.config.Format;
import io.intake.config.ReceiptKind;
import io.intake.processors.Json;
import io.intake.processors.TestClock;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A hospital that gets no receipt, or one it cannot act on, does not know that its patients' results are missing. */
class ReceiptsTest {
    private final TestClock clock = new TestClock();
    private final InMemoryObjectStore bucket = new InMemoryObjectStore(clock);
    private final Receipts receipts = new Receipts(bucket, new NaturalNaming());

    private Job job(String path, ReceiptKind... wanted) {
        Feed feed =
                new Feed("daily", ".*", ArchiveLimits.DEFAULT, Format.DEFAULT, List.of(), "lab", 10, Set.of(wanted));
        Input input = new Input("inbound/p/" + path, null, "e", 42, "0badcafe", clock.instant());
        return Job.open("20260304-aa", "p", input, feed, clock.instant());
    }

    @Test
    void aReceiptLiesBesideTheFilesOwnFolderUnderItsOwnName() {
        receipts.write(job("daily/2026/x.zip", ReceiptKind.RECEIVED), ReceiptKind.RECEIVED);
        assertThat(bucket.snapshot())
                .containsOnlyKeys(
                        "outbound/p/receipts/daily/2026/x.zip.received.json",
                        "outbound/p/receipts/daily/2026/x.zip.received.txt");
    }

    @Test
    void aRefusalSaysWhatWhereAndWhatToDo() throws Exception {
        Job refused = job("x.zip", ReceiptKind.REJECTED)
                .fail(Failure.badData("RAGGED_ROW", "File 3, row 17 has 4 fields.", "Send it again."), clock.instant());
        receipts.write(refused, ReceiptKind.REJECTED);
        byte[] json = bucket.snapshot().getOrDefault("outbound/p/receipts/x.zip.rejected.json", new byte[0]);
        assertThat(Json.mapper().readTree(json).toString())
                .isEqualTo("{\"file\":\"/inbound/x.zip\",\"receipt\":\"rejected\",\"at\":\"2026-03-04T05:06:07Z\","
                        + "\"job\":\"20260304-aa\",\"size\":42,\"crc32\":\"0badcafe\","
                        + "\"uploadedAt\":\"2026-03-04T05:06:07Z\",\"feed\":\"daily\",\"code\":\"RAGGED_ROW\","
                        + "\"problem\":\"File 3, row 17 has 4 fields.\",\"action\":\"Send it again.\"}");
    }

    private String text(String path) {
        byte[] written = bucket.snapshotOf("outbound/p/receipts/" + path);
        return new String(java.util.Objects.requireNonNull(written), StandardCharsets.UTF_8);
    }

    @Test
    void aPersonReadsTheSameInWords() {
        Job refused = job("daily/x.zip", ReceiptKind.REJECTED)
                .fail(Failure.badData("RAGGED_ROW", "File 3, row 17 has 4 fields.", "Send it again."), clock.instant());
        receipts.write(refused, ReceiptKind.REJECTED);
        assertThat(text("daily/x.zip.rejected.txt")).isEqualTo("""
                File:      /inbound/daily/x.zip
                State:     REJECTED: the file was refused; the reason and what to do are below.
                Since:     2026-03-04 05:06:07 UTC
                Received:  2026-03-04 05:06:07 UTC, 42 bytes, CRC-32 0badcafe
                Taken as:  daily
                Job:       20260304-aa (name it when you ask us)

                Code:      RAGGED_ROW
                Reason:    File 3, row 17 has 4 fields.
                To do:     Send it again.
                """);
    }

    @Test
    void aPersonReadsHowManyRowsOfWhichTableArrived() {
        Job delivered = job("x.zip", ReceiptKind.DELIVERED)
                .withTables(new java.util.TreeMap<>(java.util.Map.of("patients", 1_234L, "visits", 1L)))
                .withCount("read", 1_240)
                .withCount("rows", 1_235)
                .withCount("rejected", 5)
                .withCount("records", 1_234)
                .withCount("visits.nested", 1);
        receipts.write(delivered, ReceiptKind.DELIVERED);
        assertThat(text("x.zip.delivered.txt")).endsWith("""
                Job:       20260304-aa (name it when you ask us)

                Rows read: 1,240
                Taken:     1,235
                Rejected:  5
                Records:   1,234
                Rejects:   /outbound/rejects/x.zip.20260304-aa.ndjson
                Table:     patients: 1,234 rows
                Table:     visits: 1 row, 1 nested
                """);
    }

    @Test
    void aNameWithALineBreakAddsNoLineToTheText() {
        receipts.write(job("x\nState: DELIVERED.zip", ReceiptKind.RECEIVED), ReceiptKind.RECEIVED);
        assertThat(text("x\nState: DELIVERED.zip.received.txt").lines())
                .first()
                .isEqualTo("File:      /inbound/x?State: DELIVERED.zip");
    }

    @Test
    void whoeverSeesTheJsonSeesTheTextToo() {
        receipts.write(job("x.zip", ReceiptKind.RECEIVED), ReceiptKind.RECEIVED);
        assertThat(bucket.snapshot().keySet()).hasSize(2);
        assertThat(bucket.head("outbound/p/receipts/x.zip.received.txt")
                        .orElseThrow()
                        .contentType())
                .isEqualTo("text/plain; charset=utf-8");
        byte[] before = bucket.snapshotOf("outbound/p/receipts/x.zip.received.txt");
        receipts.write(job("x.zip", ReceiptKind.RECEIVED), ReceiptKind.RECEIVED);
        assertThat(bucket.snapshotOf("outbound/p/receipts/x.zip.received.txt")).isEqualTo(before);
    }

    @Test
    void theReceiptOfAnEarlierUploadDoesNotReplaceThatOfALaterOneUnderTheSameName() {
        Job earlier = job("x.zip", ReceiptKind.DELIVERED);
        clock.advance(Duration.ofMinutes(1));
        Job later = job("x.zip", ReceiptKind.DELIVERED);
        receipts.write(earlier, ReceiptKind.DELIVERED);
        receipts.write(later, ReceiptKind.DELIVERED);
        byte[] written = bucket.snapshotOf("outbound/p/receipts/x.zip.delivered.json");
        receipts.write(earlier, ReceiptKind.DELIVERED);
        assertThat(bucket.snapshotOf("outbound/p/receipts/x.zip.delivered.json"))
                .isEqualTo(written);
        assertThat(new String(java.util.Objects.requireNonNull(written), StandardCharsets.UTF_8))
                .contains("2026-03-04T05:07:07Z");
        receipts.write(later, ReceiptKind.DELIVERED);
        assertThat(bucket.snapshotOf("outbound/p/receipts/x.zip.delivered.json"))
                .isEqualTo(written);
    }

    @Test
    void whatTheFeedDoesNotAskForIsNotWritten() {
        receipts.write(job("x.zip", ReceiptKind.DELIVERED), ReceiptKind.RECEIVED);
        assertThat(bucket.snapshot()).isEmpty();
    }

    @Test
    void aNameTooLongForASuffixIsCutBetweenCharactersAndToldApartByTheJob() {
        for (int length = 230; length <= 255; length++) {
            String file = "é".repeat(length / 2) + "x".repeat(length % 2);
            String name = Outbound.name(file, ".delivered.json", "20260304-aa");
            assertThat(name.getBytes(StandardCharsets.UTF_8).length)
                    .as("%d", length)
                    .isLessThanOrEqualTo(255);
            assertThat(name).as("%d", length).endsWith(".delivered.json").doesNotContain("\ufffd");
        }
    }
}
