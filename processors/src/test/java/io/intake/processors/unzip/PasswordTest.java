package io.intake.processors.unzip;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.BucketLayout;
import io.intake.config.ArchiveLimits;
import io.intake.config.Decryption;
import io.intake.config.Feed;
import io.intake.config.Format;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.unzip.Packing.Lock;
import io.intake.processors.unzip.Samples.File;
import io.intake.store.FaultyObjectStore;
import io.intake.store.FaultyObjectStore.Killed;
import io.intake.store.FaultyObjectStore.Moment;
import io.intake.store.ObjectStore;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import net.lingala.zip4j.model.enums.CompressionMethod;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An archive that only lacks its password must not look damaged, and one that was changed must not look whole. */
class PasswordTest {
    private static final int PART = 1_000;
    private static final String PASSWORD = "corr\u00e8ct-horse";
    private static final Map<String, String> SECRETS =
            Map.of("secret:right", PASSWORD, "secret:old", "last-year's", "secret:older", "the-year-before");

    private static final List<File> FILES = List.of(
            File.lines("patients.csv", 8_321, 1),
            File.of("notes.txt", ""),
            File.lines("encounters.csv", 420, 2),
            File.random("blob.dat", 3_000, 3));

    private static Feed feed(String... references) {
        Decryption decryption = references.length == 0 ? null : new Decryption(List.of(references));
        return new Feed("daily", ".*", ArchiveLimits.DEFAULT, Format.DEFAULT, List.of(), "engine", 500, Set.of())
                .with(decryption);
    }

    private static InMemoryObjectStore fresh() {
        return new InMemoryObjectStore(() -> Samples.NOW, PART);
    }

    private static UnzipWork work(ObjectStore store) {
        return new UnzipWork(
                store, Samples.NAMING, Samples.OWNERS, PART, name -> Objects.requireNonNull(SECRETS.get(name)));
    }

    private static byte[] archive(Lock lock, CompressionMethod compression) {
        return lock.zip(PASSWORD, compression, FILES.toArray(File[]::new));
    }

    private static Failure refusal(byte[] archive, Feed feed) {
        InMemoryObjectStore store = fresh();
        Job job = Samples.job(store, archive, feed);
        Driver driver = new Driver(job);
        driver.run(work(store), Driver.AMPLE);
        store.assertNoOpenUploads();
        return Objects.requireNonNull(driver.failure, "not refused");
    }

    private static void assertExtracted(InMemoryObjectStore store, Job job, Driver driver, String about) {
        assertThat(driver.failure).as(about).isNull();
        Samples.expected(job, FILES)
                .forEach((key, bytes) ->
                        assertThat(store.snapshot().get(key)).as(about).isEqualTo(bytes));
        store.assertNoOpenUploads();
    }

    @ParameterizedTest
    @EnumSource(Lock.class)
    void anArchiveIsOpenedByTheOneOfSeveralPasswordsThatIsRight(Lock lock) {
        for (CompressionMethod compression : List.of(CompressionMethod.DEFLATE, CompressionMethod.STORE)) {
            InMemoryObjectStore store = fresh();
            Job job =
                    Samples.job(store, archive(lock, compression), feed("secret:old", "secret:right", "secret:older"));
            Driver driver = new Driver(job);

            driver.run(work(store), Driver.AMPLE);

            assertExtracted(store, job, driver, lock + " " + compression);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Lock.class,
            names = {"ZIP_CRYPTO", "AE2_256"})
    void aKillAtAnyInstantLosesNothing(Lock lock) {
        byte[] archive = archive(lock, CompressionMethod.DEFLATE);
        InMemoryObjectStore first = fresh();
        FaultyObjectStore counting = FaultyObjectStore.around(first);
        new Driver(Samples.job(first, archive, feed("secret:right"))).run(work(counting), Driver.AMPLE);
        for (int n = 1; n <= counting.calls(); n++) {
            for (Moment moment : Moment.values()) {
                InMemoryObjectStore store = fresh();
                Job job = Samples.job(store, archive, feed("secret:right"));
                Driver driver = new Driver(job);
                FaultyObjectStore dying = FaultyObjectStore.around(store);
                try {
                    driver.run(work(moment == Moment.BEFORE ? dying.killBefore(n) : dying.killAfter(n)), Driver.AMPLE);
                } catch (Killed killed) {
                    driver.run(work(store), Driver.AMPLE);
                }
                assertExtracted(store, job, driver, "killed " + moment + " call " + n);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Lock.class)
    void noPasswordAndAWrongOneAreTwoThings(Lock lock) {
        byte[] archive = archive(lock, CompressionMethod.DEFLATE);

        assertThat(refusal(archive, feed()).code()).isEqualTo("ENCRYPTED");
        Failure wrong = refusal(archive, feed("secret:old", "secret:older"));
        assertThat(wrong.code()).isEqualTo("WRONG_PASSWORD");
        assertThat(wrong.toString()).contains("password that was agreed").doesNotContain("last-year", "before");
    }

    @ParameterizedTest
    @ValueSource(strings = {"AE1_256", "AE2_256", "AE1_128"})
    void whatWasChangedAfterItWasEncryptedIsNotAuthentic(Lock lock) {
        File table = FILES.getFirst();
        byte[] original = lock.zip(PASSWORD, CompressionMethod.DEFLATE, table);
        int end = original.length;
        for (int at = 120; at < end - 400; at += 97) {
            byte[] changed = original.clone();
            changed[at] ^= 1;
            InMemoryObjectStore store = fresh();
            Job job = Samples.job(store, changed, feed("secret:right"));
            Driver driver = new Driver(job);
            driver.run(work(store), Driver.AMPLE);
            assertThat(Objects.requireNonNull(driver.failure).code())
                    .as("changed at " + at)
                    .isEqualTo("NOT_AUTHENTIC");
            assertThat(store.snapshot()).doesNotContainKey(BucketLayout.entry(job.id(), 0));
            store.assertNoOpenUploads();
        }
    }

    @Test
    void damageOfTheTraditionalEncryptionIsFoundByTheChecksum() {
        byte[] archive = Lock.ZIP_CRYPTO.zip(PASSWORD, CompressionMethod.STORE, File.random("blob.dat", 200_000, 7));
        archive[150_000] ^= 1;

        assertThat(refusal(archive, feed("secret:right")).code()).isEqualTo("CRC_MISMATCH");
    }

    @Test
    void passwordsAreInNoObjectThatTheStageWrites() {
        for (Lock lock : Lock.values()) {
            InMemoryObjectStore store = fresh();
            Job job = Samples.job(store, archive(lock, CompressionMethod.DEFLATE), feed("secret:old", "secret:right"));
            Driver driver = new Driver(job);
            driver.run(work(store), Driver.AMPLE);

            store.snapshot()
                    .forEach((key, bytes) -> assertThat(new String(bytes, StandardCharsets.UTF_8))
                            .doesNotContain(PASSWORD, "last-year"));
            assertThat(io.intake.processors.Json.bytes(job)).asString().doesNotContain(PASSWORD);
        }
    }
}
