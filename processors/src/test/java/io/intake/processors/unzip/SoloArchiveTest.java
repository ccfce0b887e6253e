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
import io.intake.processors.Intercepted;
import io.intake.processors.TestClock;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.Task;
import io.intake.processors.unzip.ArchivePlanner.Units;
import io.intake.processors.unzip.Samples.File;
import io.intake.store.Content;
import io.intake.store.CopySource;
import io.intake.store.FaultyObjectStore;
import io.intake.store.FaultyObjectStore.Killed;
import io.intake.store.FaultyObjectStore.Moment;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A small archive is planned and extracted in one go; if a plan said so and nobody did it, its tables would be read from nothing. */
class SoloArchiveTest {
    private static final Units SOLO = Units.DEFAULT;
    private static final Units SEGMENTS = new Units(1 << 20, 1 << 20, 1 << 20, -1);

    private static final int PART_BYTES = 1_000;
    private static final File LARGE = File.lines("patients.csv", 4_321, 1);
    private static final File SMALL = File.lines("encounters.csv", 420, 2);
    private static final File EMPTY = File.of("notes.txt", "");

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
        UnzipWork work = new UnzipWork(
                bucket, new NaturalNaming(), () -> "owner", RecordNames.CLEAR, PgpSamples.SECRETS, 8 << 20, units);
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

    /** A small archive in something else. */
    record Wrapped(String name, byte[] bytes, Feed feed) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Wrapped> wrapped() {
        byte[] zip = Samples.zip(LARGE, SMALL, EMPTY);
        byte[] stored = Samples.stored(LARGE, SMALL, EMPTY);
        return Stream.of(
                new Wrapped("x.zip.gz", Streams.gzip(zip), Samples.FEED),
                new Wrapped("stored.zip.gz", Streams.gzip(stored), Samples.FEED),
                new Wrapped("x.zip.gpg", PgpSamples.message(zip, PgpSamples.OURS), PgpSamples.feed()));
    }

    private static UnzipWork soloInParts(ObjectStore store) {
        return new UnzipWork(
                store, Samples.NAMING, Samples.OWNERS, RecordNames.CLEAR, PgpSamples.SECRETS, PART_BYTES, SOLO);
    }

    private Map<String, byte[]> extracted(Wrapped file, UnaryOperator<ObjectStore> around) {
        InMemoryObjectStore store = new InMemoryObjectStore(clock, PART_BYTES);
        Job job = Samples.job(store, "inbound/st-marys/daily/" + file.name(), file.bytes(), file.feed());
        Driver driver = new Driver(job);
        try {
            driver.run(soloInParts(around.apply(store)), Driver.AMPLE);
        } catch (Killed killed) {
            driver.run(soloInParts(store), Driver.AMPLE);
        }
        assertThat(driver.failure).isNull();
        assertThat(driver.result(0).path("segments").intValue()).isZero();
        store.assertNoOpenUploads();
        Map<String, byte[]> kept = new TreeMap<>(store.snapshot());
        kept.keySet()
                .retainAll(Samples.expected(job, List.of(LARGE, SMALL, EMPTY)).keySet());
        return kept;
    }

    @ParameterizedTest
    @MethodSource("wrapped")
    void aKillAtAnyInstantLosesNothingOfASmallArchiveThatIsWrapped(Wrapped file) {
        List<FaultyObjectStore> counting = new ArrayList<>();
        Map<String, byte[]> whole = extracted(file, store -> {
            counting.add(FaultyObjectStore.around(store));
            return counting.getLast();
        });
        assertThat(whole.values()).containsExactly(LARGE.bytes(), SMALL.bytes(), EMPTY.bytes());
        for (int n = 1; n <= counting.getLast().calls(); n++) {
            int nth = n;
            for (Moment moment : Moment.values()) {
                Map<String, byte[]> after = extracted(file, store -> {
                    FaultyObjectStore dying = FaultyObjectStore.around(store);
                    return moment == Moment.BEFORE ? dying.killBefore(nth) : dying.killAfter(nth);
                });
                assertThat(after).as("killed " + moment + " call " + n).containsExactlyEntriesOf(whole);
            }
        }
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

    @Test
    void aCopyThatAnotherOvertookAndEndedIsDone() throws IOException {
        Job job = job();
        CopySource source = CopySource.pinned(job.input().key(), job.input().etag());
        ObjectStore overtaken = Intercepted.store(bucket, new Intercepted.Around() {
            @Override
            public void before(String operation, Object[] arguments) {
                if (operation.equals("copyPart")) {
                    CopyOnce.copy(bucket, source, job.input().size(), "jobs/j/entries/000000");
                    new EntryObjects(bucket).dropUploads("jobs/j/entries/000000");
                }
            }
        });
        CopyOnce.copy(overtaken, source, job.input().size(), "jobs/j/entries/000000");
        assertThat(bucket.head("jobs/j/entries/000000")).isPresent();
        bucket.assertNoOpenUploads();
    }
}
