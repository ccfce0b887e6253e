package io.intake.processors.unzip;

import static io.intake.processors.unzip.Samples.FEED;
import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.BucketLayout;
import io.intake.processors.Json;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.task.TimeBudget;
import io.intake.processors.unzip.Samples.File;
import io.intake.processors.unzip.UnzipCursor.Phase;
import io.intake.store.FaultyObjectStore;
import io.intake.store.FaultyObjectStore.Killed;
import io.intake.store.FaultyObjectStore.Moment;
import io.intake.store.ObjectStore;
import io.intake.store.memory.InMemoryObjectStore;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Hospitals' tools choose methods nobody asked them for; an entry that is taken for damage, or half of it, is lost data. */
class EntryMethodsTest {
    private static final int PART = 1_000;
    private static final TimeBudget SPENT = () -> Duration.ZERO;

    private static final List<File> FILES = List.of(
            File.lines("patients.csv", 8_321, 1),
            File.of("empty.txt", ""),
            File.lines("encounters.csv", 420, 2),
            File.random("blob.dat", 3_000, 3));

    private static InMemoryObjectStore fresh() {
        return new InMemoryObjectStore(() -> Samples.NOW, PART);
    }

    private static UnzipWork work(ObjectStore store) {
        return new UnzipWork(store, Samples.NAMING, Samples.OWNERS, PART);
    }

    private static void assertExtracted(InMemoryObjectStore store, Job job, String about) {
        Samples.expected(job, FILES)
                .forEach((key, bytes) ->
                        assertThat(store.snapshot().get(key)).as(about).isEqualTo(bytes));
        store.assertNoOpenUploads();
    }

    @ParameterizedTest
    @EnumSource(Packing.class)
    void everyMethodGivesTheBytesThatWerePacked(Packing packing) {
        InMemoryObjectStore store = fresh();
        Job job = Samples.job(store, packing.zip(FILES.toArray(File[]::new)), FEED);
        Driver driver = new Driver(job);

        driver.run(work(store), Driver.AMPLE);

        assertThat(driver.failure).isNull();
        assertExtracted(store, job, packing.name());
    }

    @ParameterizedTest
    @EnumSource(Packing.class)
    void aKillAtAnyInstantLosesNothing(Packing packing) {
        byte[] archive = packing.zip(FILES.toArray(File[]::new));
        InMemoryObjectStore first = fresh();
        FaultyObjectStore counting = FaultyObjectStore.around(first);
        new Driver(Samples.job(first, archive, FEED)).run(work(counting), Driver.AMPLE);
        for (int n = 1; n <= counting.calls(); n++) {
            for (Moment moment : Moment.values()) {
                InMemoryObjectStore store = fresh();
                Job job = Samples.job(store, archive, FEED);
                Driver driver = new Driver(job);
                FaultyObjectStore dying = FaultyObjectStore.around(store);
                try {
                    driver.run(work(moment == Moment.BEFORE ? dying.killBefore(n) : dying.killAfter(n)), Driver.AMPLE);
                } catch (Killed killed) {
                    driver.run(work(store), Driver.AMPLE);
                }
                assertThat(driver.failure).isNull();
                assertExtracted(store, job, "killed " + moment + " call " + n);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Packing.class)
    void anEntryThatWasDamagedIsRefusedWithoutItsObject(Packing packing) {
        File table = FILES.getFirst();
        byte[] archive = packing.zip(table);
        int packed = packing.pack(table.bytes()).length;
        // behind the local header, in the middle of the data
        archive[30 + table.name().length() + packed / 2] ^= 0x55;
        InMemoryObjectStore store = fresh();
        Job job = Samples.job(store, archive, FEED);
        Driver driver = new Driver(job);

        driver.run(work(store), Driver.AMPLE);

        assertThat(Objects.requireNonNull(driver.failure).code())
                .isIn("DAMAGED_ARCHIVE", "CRC_MISMATCH", "SIZE_MISMATCH", "DICTIONARY_TOO_LARGE");
        assertThat(store.snapshot()).doesNotContainKey(BucketLayout.entry(job.id(), 0));
        store.assertNoOpenUploads();
    }

    @Test
    void anEntryThatAsksForMoreMemoryThanThereIsIsRefusedBeforeItIsGivenAny() {
        File file = FILES.getFirst();
        byte[] archive = Packing.LZMA.zip(file);
        // the dictionary's size, in the header of the stream; and the entry's, which bounds it
        int at = 30 + file.name().length() + 5;
        archive[at + 3] = 0x70;
        assertThat(refusal(archive).code())
                .as("a small entry needs no large dictionary")
                .isEqualTo("extracted");

        byte[] frame = zstdFrame(30);
        byte[] zipped = Samples.stored(new File("x.csv", frame));
        assertThat(refusal(asZstandard(zipped)).code()).isEqualTo("DICTIONARY_TOO_LARGE");
    }

    /** A frame's header with a window of so many bits, and an empty last block. */
    private static byte[] zstdFrame(int windowLog) {
        return new byte[] {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD, 0x00, (byte) ((windowLog - 10) << 3), 0x01, 0x00, 0x00
        };
    }

    /** With the method of every header changed. */
    private static byte[] asZstandard(byte[] archive) {
        for (int i = 0; i + 12 < archive.length; i++) {
            if (archive[i] == 'P' && archive[i + 1] == 'K') {
                int at = archive[i + 2] == 3 ? i + 8 : archive[i + 2] == 1 ? i + 10 : -1;
                if (at > 0) {
                    archive[at] = 93;
                }
            }
        }
        return archive;
    }

    private static Failure refusal(byte[] archive) {
        InMemoryObjectStore store = fresh();
        Driver driver = new Driver(Samples.job(store, archive, FEED));
        driver.run(work(store), Driver.AMPLE);
        return driver.failure == null ? Failure.badData("extracted", "", "") : driver.failure;
    }

    @Test
    void anEntryThatIsNotReachedAgainInTheTimeOfOneInvocationFailsWithItsOwnCodeAndNotForEver() {
        InMemoryObjectStore store = fresh();
        Job job = Samples.job(store, Packing.BZIP2.zip(FILES.getFirst()), FEED);
        UnzipWork first = work(store);
        first.step(job, new Driver(job).task(0), UnzipCursor.start(), Driver.AMPLE);
        UnzipCursor cursor = UnzipCursor.start();
        while (cursor.upload() == null || cursor.upload().offset() < 3 * PART) {
            cursor = advanced(first.step(job, new Driver(job).task(1), cursor, Driver.AMPLE));
        }

        UnzipCursor once = invocation(store, job, cursor);
        assertThat(once.shortfalls()).isEqualTo(1);
        assertThat(once.phase()).isEqualTo(Phase.WRITING);
        UnzipWork third = work(store);
        UnzipCursor taken = advanced(third.step(job, new Driver(job).task(1), once, SPENT));
        StepOutcome<UnzipCursor> end = third.step(job, new Driver(job).task(1), taken, SPENT);

        assertThat(((StepOutcome.Refused<UnzipCursor>) end).failure().code()).isEqualTo("CANNOT_RESUME");
        store.assertNoOpenUploads();
        // had there been time, it would have gone on
        assertThat(advanced(work(store).step(job, new Driver(job).task(1), once, Driver.AMPLE))
                        .shortfalls())
                .isEqualTo(1);
    }

    private static UnzipCursor invocation(ObjectStore store, Job job, UnzipCursor from) {
        UnzipWork work = work(store);
        UnzipCursor taken = advanced(work.step(job, new Driver(job).task(1), from, SPENT));
        return Json.read(
                Json.bytes(advanced(work.step(job, new Driver(job).task(1), taken, SPENT))), UnzipCursor.class);
    }

    private static UnzipCursor advanced(StepOutcome<UnzipCursor> outcome) {
        return ((StepOutcome.Advanced<UnzipCursor>) outcome).cursor();
    }
}
