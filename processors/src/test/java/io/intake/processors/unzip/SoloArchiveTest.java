package io.intake.processors.unzip;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.BucketLayout;
import io.intake.bucket.NaturalNaming;
import io.intake.bucket.RecordNames;
import io.intake.bucket.Stage;
import io.intake.config.ArchiveLimits;
import io.intake.config.Feed;
import io.intake.config.Format;
import io.intake.processors.TestClock;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.Task;
import io.intake.processors.unzip.ArchivePlanner.Units;
import io.intake.store.Content;
import io.intake.store.CopySource;
import io.intake.store.ObjectInfo;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/** A small archive is planned and extracted in one go; if a plan said so and nobody did it, its tables would be read from nothing. */
class SoloArchiveTest {
    private static final Units SOLO = Units.DEFAULT;
    private static final Units SEGMENTS = new Units(1 << 20, 1 << 20, 1 << 20, -1);

    private final TestClock clock = new TestClock();
    private final InMemoryObjectStore bucket = InMemoryObjectStore.encrypting(clock, 5 << 20);

    private Job job() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("a.csv"));
            zip.write("X\n1\n".getBytes(StandardCharsets.UTF_8));
            zip.closeEntry();
        }
        Content content = Content.of(bytes.toByteArray());
        ObjectInfo info = bucket.put(PutRequest.of("inbound/p/a.zip", content, "application/zip"));
        Input input = new Input(info.key(), null, info.etag(), info.size(), null, clock.instant());
        Feed feed = new Feed("f", ".*", ArchiveLimits.DEFAULT, Format.DEFAULT, List.of(), "e", 10, Set.of());
        return Job.open("20260304-aa", "p", input, feed, clock.instant());
    }

    private JsonNode planningTask(Job job, Units units) {
        UnzipWork work = new UnzipWork(bucket, new NaturalNaming(), () -> "owner", RecordNames.CLEAR, 8 << 20, units);
        Task task = new Task(Stage.UNZIP, job.id(), 0, 1);
        StepOutcome<UnzipCursor> outcome = work.step(job, task, work.begin(job, task), () -> Duration.ofMinutes(5));
        assertThat(outcome).isInstanceOf(StepOutcome.Finished.class);
        return ((StepOutcome.Finished<UnzipCursor>) outcome).result();
    }

    @Test
    void theTaskThatPlansASmallArchiveExtractsItToo() throws IOException {
        Job job = job();
        JsonNode result = planningTask(job, SOLO);
        assertThat(result.toString())
                .isEqualTo("{\"entries\":1,\"ignored\":0,\"bytes\":4,\"tables\":1,\"segments\":0,\"groups\":1}");
        assertThat(bucket.snapshotOf(BucketLayout.entry(job.id(), 0)))
                .asString()
                .isEqualTo("X\n1\n");
    }

    @Test
    void aPlanForOneTaskIsCarriedOutAlsoByWhoeverWouldHaveMadeSegments() throws IOException {
        Job job = job();
        planningTask(job, SOLO);
        bucket.delete(BucketLayout.entry(job.id(), 0));
        assertThat(planningTask(job, SEGMENTS).path("segments").intValue()).isZero();
        assertThat(bucket.snapshotOf(BucketLayout.entry(job.id(), 0)))
                .asString()
                .isEqualTo("X\n1\n");
    }

    @Test
    void aPlanWithSegmentsIsLeftToItsTasksAlsoByWhoeverWouldHaveDoneItAlone() throws IOException {
        Job job = job();
        planningTask(job, SEGMENTS);
        assertThat(planningTask(job, SOLO).path("segments").intValue()).isOne();
        assertThat(bucket.snapshotOf(BucketLayout.entry(job.id(), 0))).isNull();
    }

    @Test
    void aPlainFileIsCopiedOnceSoThatWhoReadsItKeepsItsPlace() throws IOException {
        Job job = job();
        CopySource source = CopySource.pinned(job.input().key(), job.input().etag());
        CopyOnce.copy(bucket, source, job.input().size(), "jobs/j/entries/000000");
        String etag = bucket.head("jobs/j/entries/000000").orElseThrow().etag();
        CopyOnce.copy(bucket, source, job.input().size(), "jobs/j/entries/000000");
        assertThat(bucket.head("jobs/j/entries/000000").orElseThrow().etag()).isEqualTo(etag);
        bucket.assertNoOpenUploads();
    }
}
