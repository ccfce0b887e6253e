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
        assertThat(bucket.snapshot()).containsOnlyKeys("outbound/p/receipts/daily/2026/x.zip.received.json");
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
