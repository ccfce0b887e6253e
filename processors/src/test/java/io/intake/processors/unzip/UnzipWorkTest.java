package io.intake.processors.unzip;

import static io.intake.processors.unzip.Samples.FEED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.bucket.BucketLayout;
import io.intake.config.ArchiveLimits;
import io.intake.processors.Json;
import io.intake.processors.job.Job;
import io.intake.processors.plan.Plan;
import io.intake.processors.task.StepOutcome;
import io.intake.processors.unzip.Samples.File;
import io.intake.store.Content;
import io.intake.store.FaultyObjectStore;
import io.intake.store.FaultyObjectStore.Killed;
import io.intake.store.FaultyObjectStore.Moment;
import io.intake.store.FaultyObjectStore.Operation;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import io.intake.store.TransientStoreException;
import io.intake.store.UploadRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.junit.jupiter.api.Test;

/** An entry that is stored in part, twice, or with another entry's bytes becomes wrong patients' data at the engine. */
class UnzipWorkTest {
    private static final int PART = 1_000;

    private final InMemoryObjectStore store = new InMemoryObjectStore(() -> Samples.NOW, PART);

    private static final List<File> FILES = List.of(
            File.lines("patients.csv", 4_321, 1),
            File.of("notes.txt", ""),
            File.of("encounters.csv", "id\n1\n"),
            File.random("blob.dat", 3_000, 2),
            File.lines("observations.csv", 700, 3));

    private static byte[] archive() {
        return Samples.zip(FILES.toArray(File[]::new));
    }

    private Map<String, byte[]> entries() {
        Map<String, byte[]> all = new TreeMap<>(store.snapshot());
        all.keySet().removeIf(key -> !key.contains("/entries/"));
        return all;
    }

    private void assertDelivered(Job job, List<File> files) {
        Map<String, byte[]> expected = Samples.expected(job, files);
        Map<String, byte[]> actual = entries();
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach((key, bytes) -> assertThat(actual.get(key)).as(key).isEqualTo(bytes));
        store.assertNoOpenUploads();
    }

    @Test
    void everyEntryBecomesAnObjectOfTheSameBytes() {
        Job job = Samples.job(store, archive(), FEED);
        Driver driver = new Driver(job);

        driver.run(new UnzipWork(store, Samples.NAMING, Samples.OWNERS, PART), Driver.AMPLE);

        assertThat(driver.failure).isNull();
        assertDelivered(job, FILES);
        assertThat(driver.results.get(0))
                .hasToString("{\"entries\":5,\"ignored\":0,\"bytes\":8026,\"tables\":5,\"segments\":1,\"groups\":1}");
        assertThat(driver.results.get(1)).hasToString("{\"entries\":5,\"bytes\":8026}");
        assertThat(store.head(BucketLayout.entry(job.id(), 0)).orElseThrow().metadata())
                .containsEntry(
                        "crc32", "%08x".formatted(Samples.crc(FILES.getFirst().bytes())));
    }

    @Test
    void storedAndZip64AndLegacyMethodsAreExtractedToo() {
        File[] files = FILES.toArray(File[]::new);
        List<byte[]> archives = List.of(
                Samples.stored(files),
                Samples.zip(Zip64Mode.Always, entry -> {}, files),
                Samples.zip(Zip64Mode.Never, entry -> {}, files));
        for (byte[] archive : archives) {
            InMemoryObjectStore fresh = new InMemoryObjectStore(() -> Samples.NOW, PART);
            Job job = Samples.job(fresh, archive, FEED);
            Driver driver = new Driver(job);

            driver.run(new UnzipWork(fresh, Samples.NAMING, Samples.OWNERS, PART), Driver.AMPLE);

            assertThat(driver.failure).isNull();
            Samples.expected(job, FILES)
                    .forEach((key, bytes) ->
                            assertThat(fresh.snapshot().get(key)).isEqualTo(bytes));
        }
    }

    /** Runs a job to its end through any number of workers, each with a store of its own. */
    private static void runThrough(InMemoryObjectStore store, String about, Iterator<FaultyObjectStore> faults) {
        Job job = Samples.job(store, archive(), FEED);
        Driver driver = new Driver(job);
        for (boolean over = false; !over; ) {
            ObjectStore next = faults.hasNext() ? faults.next() : store;
            try {
                driver.run(new UnzipWork(next, Samples.NAMING, Samples.OWNERS, PART), Driver.AMPLE);
                over = true;
            } catch (Killed | TransientStoreException ended) {
                // the next invocation goes on
            }
        }
        assertThat(driver.failure).as(about).isNull();
        Map<String, byte[]> actual = store.snapshot();
        Samples.expected(job, FILES)
                .forEach((key, bytes) -> assertThat(actual.get(key)).as(about).isEqualTo(bytes));
    }

    private InMemoryObjectStore fresh() {
        return new InMemoryObjectStore(() -> Samples.NOW, PART);
    }

    /** How many calls a job takes that nothing goes wrong with. */
    private int calls() {
        FaultyObjectStore counting = FaultyObjectStore.around(store);
        new Driver(Samples.job(store, archive(), FEED))
                .run(new UnzipWork(counting, Samples.NAMING, Samples.OWNERS, PART), Driver.AMPLE);
        return counting.calls();
    }

    @Test
    void aKillAtAnyInstantLosesNothingAndDoublesNothing() {
        int calls = calls();
        assertThat(calls).isGreaterThan(20);
        for (int n = 1; n <= calls; n++) {
            for (Moment moment : Moment.values()) {
                InMemoryObjectStore fresh = fresh();
                FaultyObjectStore dying = FaultyObjectStore.around(fresh);
                FaultyObjectStore faulty = moment == Moment.BEFORE ? dying.killBefore(n) : dying.killAfter(n);
                runThrough(
                        fresh,
                        "killed " + moment + " call " + n,
                        List.of(faulty).iterator());
                fresh.assertNoOpenUploads();
            }
        }
    }

    @Test
    void aCallThatFailsOrWhoseAnswerIsLostLosesNothingAndDoublesNothing() {
        int calls = calls();
        for (int n = 1; n <= calls; n++) {
            for (Moment moment : Moment.values()) {
                InMemoryObjectStore fresh = fresh();
                int nth = n;
                FaultyObjectStore faulty = FaultyObjectStore.around(fresh).onCall(call -> {
                    if (call.overall() == nth && call.moment() == moment) {
                        throw new TransientStoreException("any", call.key(), "made to fail", null);
                    }
                });
                runThrough(
                        fresh,
                        "failed " + moment + " call " + n,
                        List.of(faulty).iterator());
            }
        }
    }

    @Test
    void killsAgainAndAgainEndInTheSameBytes() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            InMemoryObjectStore fresh = fresh();
            Iterator<FaultyObjectStore> dying = Stream.generate(
                            () -> FaultyObjectStore.around(fresh).killAfter(random.nextInt(8) + 4))
                    .iterator();
            runThrough(fresh, "seed " + seed, dying);
        }
    }

    @Test
    void invocationsThatRunAtOnceEndInTheSameBytes() {
        for (long seed = 0; seed < 2_000; seed++) {
            InMemoryObjectStore fresh = new InMemoryObjectStore(() -> Samples.NOW, PART);
            Job job = Samples.job(fresh, archive(), FEED);
            new Rivals(fresh, job, 1, new Random(seed)).run(PART);

            Map<String, byte[]> actual = fresh.snapshot();
            String about = "seed " + seed;
            Samples.expected(job, FILES)
                    .forEach((key, bytes) ->
                            assertThat(actual.get(key)).as(about).isEqualTo(bytes));
        }
    }

    @Test
    void aTakeoverAndAStaleInvocationSendTheSameBytesUnderTheSameNumber() {
        Job job = Samples.job(store, archive(), FEED);
        new Driver(job).run(new UnzipWork(store, Samples.NAMING, Samples.OWNERS, PART), Driver.AMPLE);
        store.delete(BucketLayout.entry(job.id(), 0));
        Driver driver = new Driver(job);
        UnzipWork stale = new UnzipWork(store, Samples.NAMING, Samples.OWNERS, PART);
        UnzipCursor begun = advanced(stale.step(job, driver.task(1), UnzipCursor.start(), Driver.AMPLE));
        UnzipCursor one = advanced(stale.step(job, driver.task(1), begun, Driver.AMPLE));
        UnzipWork heir = new UnzipWork(store, Samples.NAMING, Samples.OWNERS, PART);

        UnzipCursor taken = advanced(heir.step(job, driver.task(1), one, Driver.AMPLE));
        UnzipCursor two = advanced(heir.step(job, driver.task(1), taken, Driver.AMPLE));
        stale.step(job, driver.task(1), one, Driver.AMPLE);

        assertThat(upload(two).parts()).extracting("number").containsExactly(1, 2);
        UnzipCursor at = two;
        while (heir.step(job, driver.task(1), at, Driver.AMPLE) instanceof StepOutcome.Advanced<UnzipCursor> next) {
            at = next.cursor();
        }
        Map<String, byte[]> actual = store.snapshot();
        Samples.expected(job, FILES)
                .forEach((key, bytes) -> assertThat(actual.get(key)).isEqualTo(bytes));
    }

    private static UnzipCursor.Upload upload(UnzipCursor cursor) {
        return Objects.requireNonNull(cursor.upload());
    }

    private static UnzipCursor advanced(StepOutcome<UnzipCursor> outcome) {
        assertThat(outcome).isInstanceOf(StepOutcome.Advanced.class);
        return ((StepOutcome.Advanced<UnzipCursor>) outcome).cursor();
    }

    @Test
    void aStepStoresOnePartOrAFewSmallEntries() {
        Job job = Samples.job(store, archive(), FEED);
        Driver driver = new Driver(job);

        driver.run(new UnzipWork(store, Samples.NAMING, Samples.OWNERS, PART), Driver.AMPLE);

        // plan; upload, 5 parts, commit; 2 small; upload, 3 parts, commit; 1 small, which ends the task
        assertThat(driver.steps).isEqualTo(1 + 7 + 1 + 5 + 1);
        assertThat(driver.stepsWithProgress).isEqualTo(6 + 1 + 4);
    }

    @Test
    void aSpentBudgetEndsAStepAfterOneSmallEntry() {
        File[] files = {File.of("a.csv", "1"), File.of("b.csv", "2"), File.of("c.csv", "3")};
        Job job = Samples.job(store, Samples.zip(files), FEED);
        Driver driver = new Driver(job);

        driver.run(new UnzipWork(store, Samples.NAMING, Samples.OWNERS, PART), () -> Duration.ZERO);

        assertThat(driver.steps).isEqualTo(4);
        assertDelivered(job, List.of(files));
    }

    @Test
    void anUploadThatALifecycleRuleEndedIsBegunAnew() {
        Job job = Samples.job(store, archive(), FEED);
        Driver driver = new Driver(job);
        int[] parts = {0};
        FaultyObjectStore ending = FaultyObjectStore.around(store).onCall(call -> {
            boolean counted =
                    call.operation() == Operation.UPLOAD_PART || call.operation() == Operation.COMPLETE_UPLOAD;
            if (counted && call.moment() == Moment.BEFORE && List.of(3, 9).contains(++parts[0])) {
                store.listUploads("jobs/", null).uploads().forEach(each -> store.abortUpload(each.ref()));
            }
        });

        driver.run(new UnzipWork(ending, Samples.NAMING, Samples.OWNERS, PART), Driver.AMPLE);

        assertThat(parts[0]).isGreaterThan(9);
        assertDelivered(job, FILES);
    }

    @Test
    void anotherContentInAnEntrysPlaceIsNeverReplacedNorTaken() {
        for (int entry : new int[] {0, 2}) {
            InMemoryObjectStore fresh = new InMemoryObjectStore(() -> Samples.NOW, PART);
            Job job = Samples.job(fresh, archive(), FEED);
            String key = BucketLayout.entry(job.id(), entry);
            fresh.put(PutRequest.of(key, Content.of(new byte[] {1, 2, 3}), "application/octet-stream"));
            Driver driver = new Driver(job);

            driver.run(new UnzipWork(fresh, Samples.NAMING, Samples.OWNERS, PART), Driver.AMPLE);

            assertThat(driver.failure).isNotNull().extracting("code").isEqualTo("ENTRY_CONFLICT");
            assertThat(fresh.snapshot().get(key)).containsExactly(1, 2, 3);
        }
    }

    @Test
    void aPlanAndEntriesThatAreThereAlreadyAreKept() {
        Job job = Samples.job(store, archive(), FEED);
        UnzipWork work = new UnzipWork(store, Samples.NAMING, Samples.OWNERS, PART);
        Driver first = new Driver(job);
        first.run(work, Driver.AMPLE);
        byte[] plan = Objects.requireNonNull(store.snapshot().get(BucketLayout.plan(job.id())));

        FaultyObjectStore counting = FaultyObjectStore.around(store);
        Driver second = new Driver(job);
        second.run(new UnzipWork(counting, Samples.NAMING, Samples.OWNERS, PART), Driver.AMPLE);

        assertThat(counting.calls(Operation.START_UPLOAD))
                .as("entries stored again")
                .isZero();
        assertThat(second.results).isEqualTo(first.results);
        assertThat(store.snapshot().get(BucketLayout.plan(job.id()))).isEqualTo(plan);
        assertThat(Json.read(plan, Plan.class).tables()).hasSize(5);
    }

    @Test
    void damageFoundInALaterPartPublishesNothingAndLeavesNoUpload() {
        byte[] archive = Samples.stored(File.random("big.csv", 5_000, 9));
        archive[4_000] ^= 1;
        Job job = Samples.job(store, archive, FEED);
        Driver driver = new Driver(job);

        driver.run(new UnzipWork(store, Samples.NAMING, Samples.OWNERS, PART), Driver.AMPLE);

        assertThat(driver.failure).isNotNull().extracting("code").isEqualTo("CRC_MISMATCH");
        assertThat(entries()).isEmpty();
        store.assertNoOpenUploads();
    }

    @Test
    void aFileThatIsReplacedMeanwhileEndsTheJob() {
        byte[] archive = Samples.stored(File.random("big.csv", 3 << 20, 9));
        Job job = Samples.job(store, archive, FEED);
        UnzipWork work = new UnzipWork(store, Samples.NAMING, Samples.OWNERS, 1 << 20);
        Driver driver = new Driver(job);
        assertThat(work.step(job, driver.task(0), UnzipCursor.start(), Driver.AMPLE))
                .isInstanceOf(StepOutcome.Finished.class);
        byte[] other = Samples.stored(File.random("big.csv", 3 << 20, 10));
        store.put(PutRequest.of(Samples.KEY, Content.of(other), "application/zip"));

        driver.run(work, Driver.AMPLE);

        assertThat(driver.failure).isNotNull().extracting("code").isEqualTo("INPUT_REPLACED");
        store.assertNoOpenUploads();
    }

    @Test
    void aTaskThatThePlanDoesNotHaveIsAnError() {
        Job job = Samples.job(store, archive(), FEED);
        UnzipWork work = new UnzipWork(store, Samples.NAMING, Samples.OWNERS, PART);
        Driver driver = new Driver(job);
        driver.run(work, Driver.AMPLE);

        assertThatThrownBy(() -> work.step(job, driver.task(2), UnzipCursor.start(), Driver.AMPLE))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aForeignUploadUnderANeighbouringKeyIsLeftAlone() {
        Job job = Samples.job(store, archive(), FEED);
        String neighbour = BucketLayout.entry(job.id(), 0) + "0";
        store.startUpload(new UploadRequest(neighbour, "text/plain", Map.of()));

        new Driver(job).run(new UnzipWork(store, Samples.NAMING, Samples.OWNERS, PART), Driver.AMPLE);

        assertThat(store.listUploads(neighbour, null).uploads()).hasSize(1);
    }

    @Test
    void segmentsAreExtractedByTasksOfTheirOwn() {
        File[] files = new File[6];
        for (int i = 0; i < files.length; i++) {
            files[i] = new File(i + ".csv", new byte[60 << 20]);
        }
        InMemoryObjectStore large = new InMemoryObjectStore(() -> Samples.NOW);
        Job job = Samples.job(large, Samples.zip(files), Samples.feed(ArchiveLimits.DEFAULT));
        Driver driver = new Driver(job);

        driver.run(new UnzipWork(large, Samples.NAMING, Samples.OWNERS), Driver.AMPLE);

        assertThat(driver.results).hasSize(3);
        assertThat(driver.result(1).get("entries").asInt()).isEqualTo(4);
        assertThat(driver.result(2).get("entries").asInt()).isEqualTo(2);
        for (int i = 0; i < files.length; i++) {
            assertThat(large.head(BucketLayout.entry(job.id(), i)).orElseThrow().size())
                    .isEqualTo(60 << 20);
        }
    }
}
