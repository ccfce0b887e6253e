package io.intake.processors.unzip;

import static io.intake.processors.unzip.Samples.FEED;
import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.BucketLayout;
import io.intake.config.ArchiveLimits;
import io.intake.config.Feed;
import io.intake.processors.Json;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.plan.Plan;
import io.intake.processors.unzip.Samples.File;
import io.intake.store.FaultyObjectStore;
import io.intake.store.FaultyObjectStore.Killed;
import io.intake.store.FaultyObjectStore.Moment;
import io.intake.store.ObjectStore;
import io.intake.store.TransientStoreException;
import io.intake.store.memory.InMemoryObjectStore;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Hospitals send more than zip; a file that is cut short on its way through looks like patients who have gone. */
class StreamWorkTest {
    private static final int PART = 1_000;

    private static final File TABLE = File.lines("patients.csv", 10_321, 1);
    private static final List<File> FILES = List.of(
            File.lines("patients.csv", 4_321, 1),
            File.of("notes.txt", ""),
            File.of("folder/encounters.csv", "id\n1\n"),
            File.random("blob.dat", 3_000, 2),
            File.lines("observations-" + "x".repeat(120) + "-ü.csv", 700, 3));

    private static byte[] tar() {
        return Streams.tar(FILES.toArray(File[]::new));
    }

    /** A kind of file. */
    record Kind(String name, byte[] bytes, List<File> content) {
        @Override
        public String toString() {
            return name;
        }

        String key() {
            return "inbound/st-marys/daily/" + name;
        }
    }

    static Stream<Kind> kinds() {
        byte[] table = TABLE.bytes();
        byte[] members = Streams.join(
                Streams.gzip(Arrays.copyOf(table, 4_000)),
                Streams.gzip(new byte[0]),
                Streams.gzip(Arrays.copyOfRange(table, 4_000, table.length)),
                new byte[100]);
        return Stream.of(
                new Kind("patients.csv", table, List.of(TABLE)),
                new Kind("patients.csv.gz", Streams.gzip(table), List.of(TABLE)),
                new Kind("members.csv.gz", members, List.of(new File("members.csv", table))),
                new Kind("short.csv.gz", Streams.gzip(new byte[] {'a'}), List.of(File.of("short.csv", "a"))),
                new Kind(
                        "even.csv.gz",
                        Streams.gzip(Arrays.copyOf(table, 2 * PART)),
                        List.of(new File("even.csv", Arrays.copyOf(table, 2 * PART)))),
                new Kind("patients.csv.bz2", Streams.bzip2(table), List.of(TABLE)),
                new Kind("patients.csv.xz", Streams.xz(table), List.of(TABLE)),
                new Kind("patients.csv.zst", Streams.zstd(table), List.of(TABLE)),
                // as parallel tools write it: a frame to be skipped, then several
                new Kind(
                        "frames.csv.zst",
                        Streams.join(
                                new byte[] {0x50, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, 1, 2, 3, 4},
                                Streams.zstd(Arrays.copyOf(table, 4_000)),
                                Streams.zstd(Arrays.copyOfRange(table, 4_000, table.length))),
                        List.of(new File("frames.csv", table))),
                new Kind("extract.tar.zst", Streams.zstd(tar()), FILES),
                new Kind("extract.tzst", Streams.zstd(tar()), FILES),
                new Kind("extract.tar.bz2", Streams.bzip2(tar()), FILES),
                new Kind("extract.tar", tar(), FILES),
                new Kind("extract.tar.gz", Streams.gzip(tar()), FILES),
                new Kind("extract.tgz", Streams.gzip(tar()), FILES),
                new Kind("extract.tar.xz", Streams.xz(tar()), FILES));
    }

    private static InMemoryObjectStore fresh() {
        return new InMemoryObjectStore(() -> Samples.NOW, PART);
    }

    private static UnzipWork work(ObjectStore store) {
        return new UnzipWork(store, Samples.NAMING, Samples.OWNERS, PART);
    }

    private static void assertExtracted(InMemoryObjectStore store, Job job, Kind kind, String about) {
        Map<String, byte[]> actual = new TreeMap<>(store.snapshot());
        Plan plan = Json.read(Objects.requireNonNull(actual.get(BucketLayout.plan(job.id()))), Plan.class);
        actual.keySet().removeIf(key -> !key.contains("/entries/"));
        Map<String, byte[]> expected = Samples.expected(job, kind.content());
        assertThat(actual.keySet()).as(about).isEqualTo(expected.keySet());
        expected.forEach((key, bytes) -> assertThat(actual.get(key)).as(about).isEqualTo(bytes));
        assertThat(plan.entries().stream().map(Plan.Entry::name))
                .as(about)
                .containsExactlyElementsOf(
                        kind.content().stream().map(File::name).toList());
        assertThat(plan.segments()).isEmpty();
        store.assertNoOpenUploads();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyFileInsideBecomesAnObjectOfTheSameBytes(Kind kind) {
        InMemoryObjectStore store = fresh();
        Job job = Samples.job(store, kind.key(), kind.bytes(), FEED);
        Driver driver = new Driver(job);

        driver.run(work(store), Driver.AMPLE);

        assertThat(driver.failure).isNull();
        assertExtracted(store, job, kind, kind.name());
        assertThat(driver.result(0).get("entries").asInt())
                .isEqualTo(kind.content().size());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aKillAtAnyInstantLosesNothingAndDoublesNothing(Kind kind) {
        InMemoryObjectStore counted = fresh();
        FaultyObjectStore counting = FaultyObjectStore.around(counted);
        new Driver(Samples.job(counted, kind.key(), kind.bytes(), FEED)).run(work(counting), Driver.AMPLE);
        for (int n = 1; n <= counting.calls(); n++) {
            for (Moment moment : Moment.values()) {
                InMemoryObjectStore store = fresh();
                FaultyObjectStore dying = FaultyObjectStore.around(store);
                runThrough(
                        store,
                        kind,
                        moment == Moment.BEFORE ? dying.killBefore(n) : dying.killAfter(n),
                        kind + " killed " + moment + " call " + n);
            }
        }
    }

    private static void runThrough(InMemoryObjectStore store, Kind kind, ObjectStore dying, String about) {
        Job job = Samples.job(store, kind.key(), kind.bytes(), FEED);
        Driver driver = new Driver(job);
        try {
            driver.run(work(dying), Driver.AMPLE);
        } catch (Killed | TransientStoreException ended) {
            driver.run(work(store), Driver.AMPLE);
        }
        assertThat(driver.failure).as(about).isNull();
        assertExtracted(store, job, kind, about);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void invocationsThatTakeOverFromOneAnotherEndInTheSameBytes(Kind kind) {
        for (long seed = 0; seed < 10; seed++) {
            InMemoryObjectStore store = fresh();
            Job job = Samples.job(store, kind.key(), kind.bytes(), FEED);
            new Rivals(store, job, 0, new Random(seed)).run(PART);
            assertExtracted(store, job, kind, kind + " seed " + seed);
        }
    }

    private static Failure refused(String name, byte[] bytes, Feed feed) {
        return refused(name, bytes, feed, PART);
    }

    private static Failure refused(String name, byte[] bytes, Feed feed, int partBytes) {
        InMemoryObjectStore store = fresh();
        Job job = Samples.job(store, "inbound/st-marys/daily/" + name, bytes, feed);
        Driver driver = new Driver(job);
        driver.run(new UnzipWork(store, Samples.NAMING, Samples.OWNERS, partBytes), Driver.AMPLE);
        store.assertNoOpenUploads();
        return Objects.requireNonNull(driver.failure, name);
    }

    private static String code(String name, byte[] bytes) {
        return refused(name, bytes, FEED).code();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aFileThatWasCutShortAnywhereIsRefusedWhereItsFormatCanTell(Kind kind) {
        if (kind.name().equals("patients.csv")) {
            return; // plain text has no end to miss
        }
        Random random = new Random(kind.bytes().length);
        int padding = kind.name().endsWith(".tar") ? 1_100 : kind.name().startsWith("members") ? 100 : 0;
        for (int i = 0; i < 25; i++) {
            int length = 16 + random.nextInt(kind.bytes().length - 16 - padding);
            assertThat(code(kind.name(), Arrays.copyOf(kind.bytes(), length)))
                    .as("%s cut to %d bytes", kind, length)
                    .isEqualTo("DAMAGED_ARCHIVE");
        }
    }

    @Test
    void aChangedBitOfACompressedFileIsRefused() {
        byte[] gzip = Streams.gzip(TABLE.bytes());
        for (int at = 10; at < gzip.length; at += 37) {
            byte[] damaged = gzip.clone();
            damaged[at] ^= 4;
            assertThat(code("patients.csv.gz", damaged)).as("byte " + at).isEqualTo("DAMAGED_ARCHIVE");
        }
    }

    @Test
    void whatFollowsTheEndIsNeverDropped() {
        byte[] garbage = {1, 2, 3};
        assertThat(code("a.csv.gz", Streams.join(Streams.gzip(TABLE.bytes()), garbage)))
                .isEqualTo("DAMAGED_ARCHIVE");
        assertThat(code("a.tar", Streams.join(tar(), tar()))).isEqualTo("DAMAGED_ARCHIVE");
        assertThat(code("a.tar.gz", Streams.gzip(Streams.join(tar(), garbage)))).isEqualTo("DAMAGED_ARCHIVE");
    }

    @Test
    void linksAndPathsOutOfTheTarAreRefused() {
        File file = File.of("a.csv", "x");
        byte[] link = Streams.tar(each -> new TarArchiveEntry(each.name(), TarConstants.LF_SYMLINK), file);
        assertThat(code("a.tar", link)).isEqualTo("LINK_ENTRY");
        assertThat(code("a.tar", Streams.tar(File.of("../../a.csv", "x")))).isEqualTo("UNSAFE_NAME");
        assertThat(code("a.tar", Streams.tar(file, file))).isEqualTo("DUPLICATE_ENTRY");
        assertThat(code("a.tar", Streams.tar(File.of("a.bin", "x")))).isEqualTo("UNKNOWN_MEMBER");
        assertThat(code("a.tar", Streams.tar(File.of("folder/", ""), File.of("__MACOSX/a.csv", "x"))))
                .isEqualTo("EMPTY_ARCHIVE");
    }

    @Test
    void foldersAndJunkAreCountedAndLeftOut() {
        File junk = File.lines("__MACOSX/._a.csv", 5_000, 4);
        byte[] tar = Streams.tar(File.of("folder/", ""), junk, File.of("folder/a.csv", "x"));
        InMemoryObjectStore store = fresh();
        Job job = Samples.job(store, "inbound/st-marys/a.tar", tar, FEED);
        Driver driver = new Driver(job);

        driver.run(work(store), Driver.AMPLE);

        assertThat(driver.result(0))
                .hasToString("{\"entries\":1,\"ignored\":2,\"bytes\":1,\"tables\":1,\"segments\":0,\"groups\":1}");
    }

    @Test
    void aFileThatGrowsBeyondItsLimitsStopsEarly() {
        Feed small = Samples.feed(new ArchiveLimits(3, 5_000, 100));
        assertThat(refused("a.csv.gz", Streams.gzip(TABLE.bytes()), small).code())
                .isEqualTo("TOO_LARGE");
        assertThat(refused("a.csv", TABLE.bytes(), small).code()).isEqualTo("TOO_LARGE");
        assertThat(refused("a.tar", tar(), small).code()).isIn("TOO_LARGE", "TOO_MANY_ENTRIES");
        Feed strict = Samples.feed(new ArchiveLimits(3, Long.MAX_VALUE, 10));
        byte[] bomb = Streams.bzip2(new byte[100 << 20]);
        assertThat(refused("a.csv.bz2", bomb, strict, 1 << 20).code()).isEqualTo("SUSPICIOUS_RATIO");
    }

    @Test
    void aHeaderThatWouldFillTheMemoryIsRefused() {
        byte[] tar = Streams.tar(
                each -> new TarArchiveEntry(each.name(), TarConstants.LF_GNUTYPE_LONGNAME),
                File.of("././@LongLink", "x".repeat(2 << 20)));
        assertThat(code("a.tar.gz", Streams.gzip(tar))).isEqualTo("DAMAGED_ARCHIVE");
    }

    @Test
    void aFormatThatIsNotTakenIsNamed() {
        byte[] sevenZip = {'7', 'z', (byte) 0xBC, (byte) 0xAF, 0x27, 0x1C, 0, 4};
        Failure failure = refused("a.csv", sevenZip, FEED);
        assertThat(failure.code()).isEqualTo("UNSUPPORTED_FORMAT");
        assertThat(failure.sentence()).contains("7-Zip");
    }

    @Test
    void aTarOfManyFilesIsStoredInManySteps() {
        File[] files = Stream.iterate(0, i -> i + 1)
                .limit(350)
                .map(i -> File.of("t" + i + ".csv", "a\n" + i + "\n"))
                .toArray(File[]::new);
        Kind kind = new Kind("many.tar.gz", Streams.gzip(Streams.tar(files)), List.of(files));
        InMemoryObjectStore store = fresh();
        Job job = Samples.job(store, kind.key(), kind.bytes(), FEED);
        Driver driver = new Driver(job);

        driver.run(work(store), Driver.AMPLE);

        assertExtracted(store, job, kind, "many");
        assertThat(driver.steps).isBetween(4, 12);
    }
}
