package io.intake.processors.unzip;

import static io.intake.processors.unzip.Samples.FEED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.bucket.BucketLayout;
import io.intake.config.ArchiveLimits;
import io.intake.config.Feed;
import io.intake.config.SignaturePolicy;
import io.intake.processors.job.Failure;
import io.intake.processors.job.Job;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.unzip.PgpSamples.Person;
import io.intake.processors.unzip.PgpSamples.Protection;
import io.intake.processors.unzip.Samples.File;
import io.intake.store.FaultyObjectStore;
import io.intake.store.FaultyObjectStore.Killed;
import io.intake.store.FaultyObjectStore.Moment;
import io.intake.store.ObjectStore;
import io.intake.store.TransientStoreException;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrapped must come out as what it is, or not at all: half a decrypted file is half of the patients. */
class WrappedWorkTest {
    private static final int PART = 1_000;

    private static final File TABLE = File.lines("patients.csv", 10_321, 1);
    private static final List<File> FILES = List.of(
            File.lines("patients.csv", 4_321, 1), File.of("notes.txt", ""), File.lines("encounters.csv", 420, 2));

    private static byte[] zip() {
        return Samples.zip(FILES.toArray(File[]::new));
    }

    private static byte[] pgp(byte[] content) {
        return PgpSamples.message(content, PgpSamples.OURS);
    }

    /** A kind of file. */
    record Kind(String name, byte[] bytes, List<File> content, Feed feed) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Kind> kinds() {
        byte[] tar = Streams.tar(FILES.toArray(File[]::new));
        byte[] armoured = PgpSamples.armoured(pgp(TABLE.bytes())).getBytes(StandardCharsets.US_ASCII);
        return Stream.of(
                new Kind("extract.zip.gz", Streams.gzip(zip()), FILES, FEED),
                new Kind("extract.zip.zst", Streams.zstd(zip()), FILES, FEED),
                // names lie
                new Kind("extract.csv.gz", Streams.gzip(zip()), FILES, FEED),
                new Kind("patients.csv.gz.xz", Streams.xz(Streams.gzip(TABLE.bytes())), List.of(TABLE), FEED),
                new Kind("patients.csv.pgp", pgp(TABLE.bytes()), List.of(TABLE), PgpSamples.feed()),
                new Kind("patients.csv.asc", armoured, List.of(TABLE), PgpSamples.feed()),
                new Kind("extract.zip.pgp", pgp(zip()), FILES, PgpSamples.feed()),
                new Kind("extract.tar.gz.gpg", pgp(Streams.gzip(tar)), FILES, PgpSamples.feed()),
                new Kind("patients.csv.zst.gpg", pgp(Streams.zstd(TABLE.bytes())), List.of(TABLE), PgpSamples.feed()),
                new Kind("patients.csv.gpg.gz", Streams.gzip(pgp(TABLE.bytes())), List.of(TABLE), PgpSamples.feed()));
    }

    private static InMemoryObjectStore fresh() {
        return new InMemoryObjectStore(() -> Samples.NOW, PART);
    }

    private static UnzipWork work(ObjectStore store) {
        return new UnzipWork(store, Samples.NAMING, Samples.OWNERS, PART, PgpSamples.SECRETS);
    }

    private static Job job(InMemoryObjectStore store, Kind kind) {
        return Samples.job(store, "inbound/st-marys/daily/" + kind.name(), kind.bytes(), kind.feed());
    }

    private static void assertExtracted(InMemoryObjectStore store, Job job, Driver driver, Kind kind, String about) {
        assertThat(driver.failure).as(about).isNull();
        Samples.expected(job, kind.content())
                .forEach((key, bytes) -> assertThat(store.snapshot().get(key))
                        .as(about + " " + key)
                        .isEqualTo(bytes));
        assertThat(driver.result(0).get("entries").asInt())
                .isEqualTo(kind.content().size());
        store.assertNoOpenUploads();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void whatIsInsideGoesOnAsWhatItIs(Kind kind) {
        InMemoryObjectStore store = fresh();
        Job job = job(store, kind);
        Driver driver = new Driver(job);

        driver.run(work(store), Driver.AMPLE);

        assertExtracted(store, job, driver, kind, kind.name());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aKillAtAnyInstantLosesNothing(Kind kind) {
        InMemoryObjectStore first = fresh();
        FaultyObjectStore counting = FaultyObjectStore.around(first);
        new Driver(job(first, kind)).run(work(counting), Driver.AMPLE);
        for (int n = 1; n <= counting.calls(); n++) {
            for (Moment moment : Moment.values()) {
                InMemoryObjectStore store = fresh();
                Job job = job(store, kind);
                Driver driver = new Driver(job);
                FaultyObjectStore dying = FaultyObjectStore.around(store);
                try {
                    driver.run(work(moment == Moment.BEFORE ? dying.killBefore(n) : dying.killAfter(n)), Driver.AMPLE);
                } catch (Killed killed) {
                    driver.run(work(store), Driver.AMPLE);
                }
                assertExtracted(store, job, driver, kind, "killed " + moment + " call " + n);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aStoreThatFailsIsNotTakenForDamage(Kind kind) {
        InMemoryObjectStore first = fresh();
        FaultyObjectStore counting = FaultyObjectStore.around(first);
        new Driver(job(first, kind)).run(work(counting), Driver.AMPLE);
        for (int n = 1; n <= counting.calls(); n++) {
            for (Moment moment : Moment.values()) {
                InMemoryObjectStore store = fresh();
                Job job = job(store, kind);
                Driver driver = new Driver(job);
                int nth = n;
                FaultyObjectStore failing = FaultyObjectStore.around(store).onCall(call -> {
                    if (call.overall() == nth && call.moment() == moment) {
                        throw new TransientStoreException("any", call.key(), "made to fail", null);
                    }
                });
                UnzipWork work = work(failing);
                try {
                    driver.run(work, Driver.AMPLE);
                } catch (TransientStoreException failed) {
                    driver.run(work, Driver.AMPLE);
                }
                assertExtracted(store, job, driver, kind, "failed " + moment + " call " + n);
            }
        }
    }

    private static @Nullable Failure failure(String name, byte[] bytes, Feed feed) {
        InMemoryObjectStore store = fresh();
        Job job = Samples.job(store, "inbound/st-marys/daily/" + name, bytes, feed);
        Driver driver = new Driver(job);
        driver.run(work(store), Driver.AMPLE);
        store.assertNoOpenUploads();
        if (driver.failure != null) {
            assertThat(store.snapshot())
                    .doesNotContainKeys(BucketLayout.plan(job.id()), BucketLayout.entry(job.id(), 0));
        }
        return driver.failure;
    }

    private static String code(byte[] bytes, Feed feed) {
        Failure failure = failure("patients.csv.pgp", bytes, feed);
        return failure == null ? "extracted" : failure.code();
    }

    @Test
    void everyReasonNotToTakeAMessageHasItsOwnCode() {
        byte[] message = pgp(TABLE.bytes());
        assertThat(code(message, FEED)).isEqualTo("ENCRYPTED");
        assertThat(code(PgpSamples.message(TABLE.bytes(), PgpSamples.STRANGER), PgpSamples.feed()))
                .isEqualTo("WRONG_KEY");
        assertThat(code(
                        PgpSamples.message(
                                TABLE.bytes(), PgpSamples.OURS, null, Protection.NONE, HashAlgorithmTags.SHA256),
                        PgpSamples.feed()))
                .isEqualTo("NOT_PROTECTED");
        byte[] literalOnly = {(byte) 0xCB, 12, 'b', 0, 0, 0, 0, 0, 'a', ',', 'b', '\n', '1', '\n'};
        assertThat(code(literalOnly, PgpSamples.feed())).isEqualTo("NOT_ENCRYPTED");
    }

    @Test
    void keysAreRotatedAndMayHaveAPassphrase() {
        Feed both =
                PgpSamples.feed(SignaturePolicy.NONE, List.of("secret:old", "secret:locked", "secret:ours"), List.of());
        for (Person each : List.of(PgpSamples.OURS, PgpSamples.OURS_LOCKED, PgpSamples.STRANGER)) {
            assertThat(code(PgpSamples.message(TABLE.bytes(), each), both)).isEqualTo("extracted");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Protection.class,
            names = {"MDC", "AEAD"})
    void whatWasChangedOrCutShortIsNeverTaken(Protection protection) {
        byte[] message = PgpSamples.message(TABLE.bytes(), PgpSamples.OURS, null, protection, HashAlgorithmTags.SHA256);
        assertThat(code(message, PgpSamples.feed())).isEqualTo("extracted");
        Set<String> codes = Set.of("NOT_AUTHENTIC", "DAMAGED_ARCHIVE");
        for (int at = 300; at < message.length; at += 41) {
            byte[] changed = message.clone();
            changed[at] ^= 1;
            assertThat(codes).as("changed at " + at).contains(code(changed, PgpSamples.feed()));
            assertThat(codes).as("cut at " + at).contains(code(Arrays.copyOf(message, at), PgpSamples.feed()));
        }
    }

    private static String signed(@Nullable Person from, int hash, SignaturePolicy policy) {
        byte[] message = PgpSamples.message(TABLE.bytes(), PgpSamples.OURS, from, Protection.MDC, hash);
        return code(message, PgpSamples.feed(policy, List.of("secret:ours"), List.of("secret:partner")));
    }

    @Test
    void signaturesAreJudgedByTheFeedsPolicy() {
        int sha256 = HashAlgorithmTags.SHA256;
        assertThat(signed(PgpSamples.PARTNER, sha256, SignaturePolicy.REQUIRED)).isEqualTo("extracted");
        assertThat(signed(PgpSamples.STRANGER, sha256, SignaturePolicy.REQUIRED))
                .isEqualTo("SIGNER_UNKNOWN");
        assertThat(signed(null, sha256, SignaturePolicy.REQUIRED)).isEqualTo("SIGNATURE_MISSING");
        assertThat(signed(PgpSamples.PARTNER, HashAlgorithmTags.SHA1, SignaturePolicy.REQUIRED))
                .isEqualTo("SIGNATURE_BAD");
        assertThat(signed(null, sha256, SignaturePolicy.IF_PRESENT)).isEqualTo("extracted");
        assertThat(signed(PgpSamples.STRANGER, sha256, SignaturePolicy.IF_PRESENT))
                .isEqualTo("SIGNER_UNKNOWN");
        assertThat(signed(PgpSamples.STRANGER, sha256, SignaturePolicy.NONE)).isEqualTo("extracted");
    }

    @Test
    void whereSignaturesAreRequiredAFileThatNobodySignedIsRefusedWhateverItIs() {
        Feed strict = PgpSamples.feed(SignaturePolicy.REQUIRED, List.of("secret:ours"), List.of("secret:partner"));
        Feed lenient = PgpSamples.feed(SignaturePolicy.IF_PRESENT, List.of("secret:ours"), List.of("secret:partner"));
        byte[] signed = PgpSamples.message(
                TABLE.bytes(), PgpSamples.OURS, PgpSamples.PARTNER, Protection.MDC, HashAlgorithmTags.SHA256);
        Map<String, byte[]> unsigned = Map.of(
                "patients.csv", TABLE.bytes(),
                "patients.csv.gz", Streams.gzip(TABLE.bytes()),
                "extract.zip", zip(),
                // nothing vouches for what is around the signature
                "patients.csv.gpg.gz", Streams.gzip(signed),
                "empty.csv", new byte[0]);
        unsigned.forEach((name, bytes) -> {
            assertThat(Objects.requireNonNull(failure(name, bytes, strict), name)
                            .code())
                    .as(name)
                    .isEqualTo("SIGNATURE_MISSING");
            assertThat(failure(name, bytes, lenient)).as(name).isNull();
        });
        assertThat(failure("patients.csv.gpg", signed, strict)).isNull();
    }

    @Test
    void aFileIsNotUnwrappedForEver() {
        byte[] bytes = TABLE.bytes();
        for (int i = 0; i < 5; i++) {
            bytes = Streams.gzip(bytes);
        }
        assertThat(failure("patients.csv", bytes, FEED)).isNull();
        assertThat(Objects.requireNonNull(failure("patients.csv", Streams.gzip(bytes), FEED))
                        .code())
                .isEqualTo("WRAPPED_TOO_OFTEN");
    }

    @Test
    void whatIsWrappedIsHeldToTheFeedsLimits() {
        Feed small = Samples.feed(new ArchiveLimits(10, 5_000, 1_100));
        assertThat(Objects.requireNonNull(failure("a.zip.gz", Streams.gzip(Samples.stored(TABLE)), small))
                        .code())
                .isEqualTo("TOO_LARGE");
    }

    @Test
    void aSecretThatCannotBeHadIsNotThePartnersFault() {
        Feed feed = PgpSamples.feed(SignaturePolicy.NONE, List.of("secret:absent"), List.of());
        InMemoryObjectStore store = fresh();
        Job job = Samples.job(store, "inbound/st-marys/daily/patients.csv.pgp", pgp(TABLE.bytes()), feed);
        UnzipWork work = new UnzipWork(store, Samples.NAMING, Samples.OWNERS, PART, reference -> {
            throw new IllegalStateException("there is no secret");
        });
        Driver driver = new Driver(job);

        assertThatThrownBy(() -> driver.run(work, Driver.AMPLE)).isInstanceOf(IllegalStateException.class);
        assertThat(driver.failure).isNull();
    }

    @Test
    void invocationsThatRunAtOnceEndInTheSameBytes() {
        Kind kind = new Kind("extract.csv.gz.gz", Streams.gzip(Streams.gzip(TABLE.bytes())), List.of(TABLE), FEED);
        for (long seed = 0; seed < 300; seed++) {
            InMemoryObjectStore store = fresh();
            Job job = job(store, kind);
            new Rivals(store, job, 0, new Random(seed)).run(PART);
            Samples.expected(job, kind.content())
                    .forEach((key, bytes) ->
                            assertThat(store.snapshot().get(key)).isEqualTo(bytes));
        }
    }

    @Test
    void noKeyIsInAnyObjectOrMessage() {
        InMemoryObjectStore store = fresh();
        Job job = Samples.job(store, "inbound/st-marys/daily/x.csv.pgp", pgp(TABLE.bytes()), PgpSamples.feed());
        UnzipWork work = work(store);
        StepOutcome<UnzipCursor> outcome = work.step(job, new Driver(job).task(0), UnzipCursor.start(), Driver.AMPLE);
        while (outcome instanceof StepOutcome.Advanced<UnzipCursor> advanced) {
            assertThat(new String(io.intake.processors.Json.bytes(advanced.cursor()), StandardCharsets.UTF_8))
                    .doesNotContain("PRIVATE KEY", PgpSamples.PASSPHRASE);
            outcome = work.step(job, new Driver(job).task(0), advanced.cursor(), Driver.AMPLE);
        }
        assertThat(outcome).isInstanceOf(StepOutcome.Finished.class);
        store.snapshot()
                .forEach((key, bytes) -> assertThat(new String(bytes, StandardCharsets.ISO_8859_1))
                        .doesNotContain("PRIVATE KEY", PgpSamples.PASSPHRASE));
    }
}
