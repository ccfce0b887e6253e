package io.intake.processors.unzip;

import static io.intake.processors.unzip.Samples.FEED;
import static io.intake.processors.unzip.Samples.feed;
import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.BucketLayout;
import io.intake.config.ArchiveLimits;
import io.intake.config.Feed;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.unzip.Samples.File;
import io.intake.store.FaultyObjectStore;
import io.intake.store.FaultyObjectStore.Operation;
import io.intake.store.TransientStoreException;
import io.intake.store.memory.InMemoryObjectStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.UnixStat;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.Test;

/** Damage that is not noticed reaches the engine as data; a store that fails must not be taken for damage. */
class ArchiveReaderTest {
    private static final int LOCAL = 0x04034b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int END = 0x06054b50;

    private final InMemoryObjectStore store = new InMemoryObjectStore(() -> Samples.NOW);

    private static Failure refusal(byte[] archive, Feed feed) {
        InMemoryObjectStore fresh = new InMemoryObjectStore(() -> Samples.NOW);
        Driver driver = new Driver(Samples.job(fresh, archive, feed));
        driver.run(new UnzipWork(fresh, Samples.NAMING, Samples.OWNERS), Driver.AMPLE);
        return Objects.requireNonNull(driver.failure, "not refused");
    }

    private static String code(byte[] archive) {
        return refusal(archive, FEED).code();
    }

    private static byte[] two() {
        return Samples.zip(File.lines("smith-john.csv", 5_000, 1), File.lines("doe-jane.csv", 5_000, 2));
    }

    /** Where a record begins, counting from 0. */
    private static int find(byte[] archive, int signature, int skip) {
        ByteBuffer bytes = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
        int left = skip;
        for (int i = 0; i <= archive.length - 4; i++) {
            if (bytes.getInt(i) == signature && left-- == 0) {
                return i;
            }
        }
        throw new AssertionError("no such record");
    }

    private static byte[] withShort(byte[] archive, int at, int value) {
        ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN).putShort(at, (short) value);
        return archive;
    }

    private static byte[] withInt(byte[] archive, int at, int value) {
        ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
        return archive;
    }

    @Test
    void planningTenThousandEntriesTakesAHandfulOfRequests() {
        FaultyObjectStore counting = FaultyObjectStore.around(store);
        byte[] archive = Samples.manyEntries(10_000);
        Job job = Samples.job(store, archive, FEED);
        UnzipWork work = new UnzipWork(counting, Samples.NAMING, Samples.OWNERS);
        Driver driver = new Driver(job);

        work.step(job, driver.task(0), UnzipCursor.start(), Driver.AMPLE);
        int toPlan = counting.calls(Operation.READ);
        assertThat(toPlan).as("GETs to plan").isLessThanOrEqualTo(3);

        driver.run(work, Driver.AMPLE);
        assertThat(driver.results.get(1)).asString().contains("\"entries\":10000");
        assertThat(counting.calls(Operation.READ) - toPlan)
                .as("GETs to plan again and to extract")
                .isLessThanOrEqualTo(10);
    }

    @Test
    void whatIsNoArchiveIsSaidToBeNone() {
        assertThat(code("id,name\n1,x\n".getBytes(StandardCharsets.UTF_8))).isEqualTo("NOT_AN_ARCHIVE");
        assertThat(code(new byte[0])).isEqualTo("NOT_AN_ARCHIVE");
        assertThat(code(new byte[100_000])).isEqualTo("NOT_AN_ARCHIVE");
    }

    @Test
    void anArchiveThatWasCutShortIsDamaged() {
        byte[] whole = two();
        for (int length : new int[] {4, 100, whole.length / 2, whole.length - 10}) {
            assertThat(code(Arrays.copyOf(whole, length))).isEqualTo("DAMAGED_ARCHIVE");
        }
    }

    @Test
    void anEmptyArchiveIsRefused() {
        assertThat(code(Samples.zip())).isEqualTo("EMPTY_ARCHIVE");
    }

    @Test
    void aDirectoryEntryThatIsDamagedDoesNotMakeTheRestVanish() {
        byte[] archive = two();
        archive[find(archive, CENTRAL, 1)] ^= 1;

        assertThat(code(archive)).isEqualTo("DAMAGED_ARCHIVE");
    }

    @Test
    void zip64DirectoriesAreCountedToo() {
        byte[] archive =
                Samples.zip(Zip64Mode.Always, entry -> {}, File.lines("a.csv", 500, 1), File.lines("b.csv", 500, 2));
        assertThat(planned(archive)).isEqualTo(2);
        archive[find(archive, CENTRAL, 1)] ^= 1;

        assertThat(code(archive)).isEqualTo("DAMAGED_ARCHIVE");
    }

    private int planned(byte[] archive) {
        Driver driver = new Driver(Samples.job(store, archive, FEED));
        driver.run(new UnzipWork(store, Samples.NAMING, Samples.OWNERS), Driver.AMPLE);
        assertThat(driver.failure).isNull();
        return driver.result(0).get("entries").asInt();
    }

    @Test
    void bytesBeforeAndBehindTheArchiveDoNotMatter() {
        byte[] archive = two();
        byte[] shifted = new byte[archive.length + 777];
        System.arraycopy(archive, 0, shifted, 700, archive.length);

        assertThat(planned(shifted)).isEqualTo(2);
    }

    /** Taken for the archive within it, a file that was cut short would lose what comes before that without a word. */
    @Test
    void anArchiveThatWasCutBehindOneWithinItIsDamaged() throws IOException {
        byte[] inner = Samples.zip(File.lines("b.csv", 50, 2));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(bytes)) {
            zip.setMethod(ZipArchiveOutputStream.STORED);
            for (Map.Entry<String, byte[]> file : List.of(
                    Map.entry("a.csv", "id\n1\n".getBytes(StandardCharsets.UTF_8)),
                    Map.entry("inner.zip", inner),
                    Map.entry("c.csv", inner))) {
                CRC32 crc = new CRC32();
                crc.update(file.getValue());
                ZipArchiveEntry entry = new ZipArchiveEntry(file.getKey());
                entry.setSize(file.getValue().length);
                entry.setCrc(crc.getValue());
                zip.putArchiveEntry(entry);
                zip.write(file.getValue());
                zip.closeArchiveEntry();
            }
        }
        byte[] outer = bytes.toByteArray();

        for (int cut = find(outer, END, 0) + 22; cut < outer.length; cut++) {
            assertThat(code(Arrays.copyOf(outer, cut))).as("cut at %d", cut).isEqualTo("DAMAGED_ARCHIVE");
        }
    }

    @Test
    void ofSeveralArchivesInOneFileNoneIsLeftOut() {
        byte[] archive = two();
        byte[] twice = Arrays.copyOf(archive, 2 * archive.length);
        System.arraycopy(archive, 0, twice, archive.length, archive.length);

        assertThat(code(twice)).isEqualTo("DAMAGED_ARCHIVE");
    }

    @Test
    void aPartOfASplitArchiveIsSaidToBeOne() {
        byte[] archive = two();

        assertThat(code(withShort(archive, find(archive, END, 0) + 4, 1))).isEqualTo("SPLIT_ARCHIVE");
    }

    @Test
    void moreEntriesThanAllowedAreNotEvenListed() {
        Feed feed = feed(new ArchiveLimits(100, 1 << 30, 1_100));

        assertThat(refusal(Samples.manyEntries(101), feed).code()).isEqualTo("TOO_MANY_ENTRIES");
        byte[] lying = Samples.manyEntries(60_000);
        FaultyObjectStore counting = FaultyObjectStore.around(store);
        Driver driver = new Driver(Samples.job(store, lying, feed));
        driver.run(new UnzipWork(counting, Samples.NAMING, Samples.OWNERS), Driver.AMPLE);
        assertThat(driver.failure).isNotNull().extracting("code").isEqualTo("TOO_MANY_ENTRIES");
        assertThat(counting.calls(Operation.READ)).as("GETs").isEqualTo(1);
        int end = find(lying, END, 0);
        withShort(lying, end + 8, 100);
        assertThat(refusal(withShort(lying, end + 10, 100), feed).code()).isEqualTo("TOO_MANY_ENTRIES");
    }

    @Test
    void passwordsAndUnknownMethodsAreToldApart() {
        byte[] encrypted = two();
        assertThat(code(withShort(encrypted, find(encrypted, CENTRAL, 0) + 8, 0x0809)))
                .isEqualTo("ENCRYPTED");
        for (int method : new int[] {16, 19, 97, 98}) {
            byte[] unknown = two();
            assertThat(code(withShort(unknown, find(unknown, CENTRAL, 1) + 10, method)))
                    .isEqualTo("UNSUPPORTED_METHOD");
        }
        byte[] aes = two();
        assertThat(code(withShort(aes, find(aes, CENTRAL, 1) + 10, 99))).isEqualTo("ENCRYPTED");
    }

    @Test
    void aLinkIsNotAFile() {
        byte[] archive = Samples.zip(
                Zip64Mode.Never,
                entry -> entry.setUnixMode(UnixStat.LINK_FLAG | 0777),
                File.of("a.csv", "/etc/passwd"));

        assertThat(code(archive)).isEqualTo("LINK_ENTRY");
    }

    @Test
    void contentThatDoesNotMatchItsChecksumIsRefused() {
        byte[] stored = Samples.stored(File.lines("smith-john.csv", 5_000, 1));
        stored[2_000] ^= 1;
        assertThat(code(stored)).isEqualTo("CRC_MISMATCH");
        byte[] lying = two();
        assertThat(code(withInt(lying, find(lying, CENTRAL, 1) + 16, 1))).isEqualTo("CRC_MISMATCH");
    }

    @Test
    void contentOfAnotherSizeIsRefused() {
        for (int size : new int[] {4_999, 5_001, 1, 100_000}) {
            byte[] archive = two();
            assertThat(code(withInt(archive, find(archive, CENTRAL, 1) + 24, size)))
                    .as("size %s", size)
                    .isEqualTo("SIZE_MISMATCH");
        }
    }

    @Test
    void aBombStopsAtTheSizeThatItAdmits() {
        byte[] bomb = Samples.zip(new File("zeros.csv", new byte[30 << 20]));
        withInt(bomb, find(bomb, CENTRAL, 0) + 24, 1_000);

        assertThat(code(bomb)).isEqualTo("SIZE_MISMATCH");
    }

    @Test
    void aBombIsSeenByItsRatio() {
        byte[] bomb = Samples.zip(new File("zeros.csv", new byte[30 << 20]));

        assertThat(refusal(bomb, feed(new ArchiveLimits(10, 1L << 40, 500))).code())
                .isEqualTo("SUSPICIOUS_RATIO");
        assertThat(refusal(bomb, feed(new ArchiveLimits(10, 1 << 20, 5_000))).code())
                .isEqualTo("TOO_LARGE");
    }

    @Test
    void entriesThatPointToTheSameBytesAreRefused() {
        byte[] archive = two();

        assertThat(code(withInt(archive, find(archive, CENTRAL, 1) + 42, 0))).isEqualTo("OVERLAPPING_ENTRIES");
    }

    @Test
    void damagedContentIsRefused() {
        byte[] archive = two();
        int data = find(archive, LOCAL, 1) + 30 + "doe-jane.csv".length();
        Arrays.fill(archive, data, data + 200, (byte) 0xff);

        assertThat(code(archive)).isEqualTo("DAMAGED_ARCHIVE");
    }

    @Test
    void noRefusalNamesAFile() {
        byte[] archive = two();
        withInt(archive, find(archive, CENTRAL, 1) + 42, 0x7fff_fff0);

        Failure failure = refusal(archive, FEED);

        assertThat(failure.code()).isEqualTo("DAMAGED_ARCHIVE");
        assertThat(failure.toString()).doesNotContain("smith", "doe");
    }

    @Test
    void namesOfThreeEncodingsAreReadRight() {
        File file = File.of("Übergabe.csv", "a\n");
        assertThat(name(Samples.zip(file))).isEqualTo("Übergabe.csv");
        byte[] unmarked = Samples.zip(file);
        withShort(unmarked, find(unmarked, CENTRAL, 0) + 8, 0x0008);
        assertThat(name(unmarked)).isEqualTo("Übergabe.csv");
        byte[] legacy = Samples.zip(File.of("Xbergabe.csv", "a\n"));
        legacy[find(legacy, CENTRAL, 0) + 46] = "Ü".getBytes(Charset.forName("IBM437"))[0];
        withShort(legacy, find(legacy, CENTRAL, 0) + 8, 0x0008);
        assertThat(name(legacy)).isEqualTo("Übergabe.csv");
    }

    private String name(byte[] archive) {
        try (ArchiveReader reader =
                ArchiveReader.open(store, Samples.job(store, archive, FEED).input(), ArchiveLimits.DEFAULT)) {
            return reader.members().getFirst().name();
        }
    }

    @Test
    void theOrderIsThatOfTheBytesNotThatOfTheDirectory() {
        byte[] archive = two();
        int first = find(archive, CENTRAL, 0);
        int second = find(archive, CENTRAL, 1);
        int end = find(archive, END, 0);
        byte[] swapped = archive.clone();
        System.arraycopy(archive, second, swapped, first, end - second);
        System.arraycopy(archive, first, swapped, first + end - second, second - first);

        try (ArchiveReader reader =
                ArchiveReader.open(store, Samples.job(store, swapped, FEED).input(), ArchiveLimits.DEFAULT)) {
            assertThat(reader.members()).extracting(Member::name).containsExactly("smith-john.csv", "doe-jane.csv");
            assertThat(reader.members()).extracting(Member::index).containsExactly(0, 1);
        }
    }

    @Test
    void aStoreThatFailsIsNotTakenForDamage() {
        byte[] archive = Samples.stored(File.random("big.csv", 6 << 20, 1));
        Job job = Samples.job(store, archive, FEED);
        boolean failed = true;
        for (int failing = 1; failed; failing++) {
            Driver driver = new Driver(job);
            UnzipWork work = new UnzipWork(
                    FaultyObjectStore.around(store).failBefore(Operation.READ, failing),
                    Samples.NAMING,
                    Samples.OWNERS);
            failed = false;
            try {
                driver.run(work, Driver.AMPLE);
            } catch (TransientStoreException expected) {
                failed = true;
                driver.run(work, Driver.AMPLE);
            }

            assertThat(driver.failure).as("read %s failed", failing).isNull();
            assertThat(List.copyOf(driver.results.keySet())).containsExactly(0, 1);
            assertThat(failed || failing > 4).as("reads are made").isTrue();
            store.delete(BucketLayout.entry(job.id(), 0));
        }
    }

    @Test
    void anInputThatIsGoneIsSaidToBe() {
        Job job = Samples.job(store, two(), FEED);
        store.delete(Samples.KEY);
        Driver driver = new Driver(job);

        driver.run(new UnzipWork(store, Samples.NAMING, Samples.OWNERS), Driver.AMPLE);

        assertThat(driver.failure).isNotNull().extracting("code").isEqualTo("INPUT_REPLACED");
    }
}
