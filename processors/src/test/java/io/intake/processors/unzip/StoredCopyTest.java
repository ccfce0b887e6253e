package io.intake.processors.unzip;

import static io.intake.processors.unzip.Samples.FEED;
import static org.assertj.core.api.Assertions.assertThat;

import io.intake.bucket.BucketLayout;
import io.intake.processors.Intercepted;
import io.intake.processors.job.Job;
import io.intake.processors.unzip.Samples.File;
import io.intake.store.ByteRange;
import io.intake.store.Content;
import io.intake.store.FaultyObjectStore;
import io.intake.store.FaultyObjectStore.Killed;
import io.intake.store.FaultyObjectStore.Moment;
import io.intake.store.FaultyObjectStore.Operation;
import io.intake.store.ObjectStore;
import io.intake.store.Part;
import io.intake.store.PermanentStoreException;
import io.intake.store.PutRequest;
import io.intake.store.TransientStoreException;
import io.intake.store.memory.InMemoryObjectStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Bytes that nobody of us has seen are delivered as a patient's record: only what the store itself verified may be. */
class StoredCopyTest {
    private static final int PART = 1_000;

    /** Two copied parts and a rest. */
    private static final File BIG = File.random("scan.dat", 70_000, 1);

    private static final List<File> FILES =
            List.of(File.lines("patients.csv", 900, 2), BIG, File.lines("notes.txt", 1_001, 3));

    private static InMemoryObjectStore fresh() {
        return new InMemoryObjectStore(() -> Samples.NOW, PART);
    }

    private static UnzipWork work(ObjectStore store) {
        return new UnzipWork(store, Samples.NAMING, Samples.OWNERS, PART);
    }

    private static byte[] archive() {
        return Samples.stored(FILES.toArray(File[]::new));
    }

    private static void assertExtracted(InMemoryObjectStore store, Job job, Driver driver, String about) {
        assertThat(driver.failure).as(about).isNull();
        Samples.expected(job, FILES)
                .forEach((key, bytes) ->
                        assertThat(store.snapshot().get(key)).as(about).isEqualTo(bytes));
        store.assertNoOpenUploads();
    }

    /** A store that changes what it says of parts that it copied. */
    private static ObjectStore answering(ObjectStore store, UnaryOperator<Part> answer) {
        return (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, given) -> {
                    try {
                        Object result = method.invoke(store, given);
                        return method.getName().equals("copyPart") ? answer.apply((Part) result) : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void anEntryThatIsNotCompressedNeverPassesThroughUs() {
        InMemoryObjectStore store = fresh();
        FaultyObjectStore counting = FaultyObjectStore.around(store);
        List<ByteRange> copied = new ArrayList<>();
        ObjectStore watched = Intercepted.store(counting, new Intercepted.Around() {
            @Override
            public void before(String operation, Object[] arguments) {
                if (operation.equals("copyPart")) {
                    copied.add((ByteRange) arguments[3]);
                }
            }
        });
        Job job = Samples.job(store, archive(), FEED);
        Driver driver = new Driver(job);

        driver.run(work(watched), Driver.AMPLE);

        assertExtracted(store, job, driver, "");
        assertThat(copied).extracting(ByteRange::length).containsExactly(32_000L, 32_000L, 6_000L, 1_001L);
        assertThat(counting.calls(Operation.UPLOAD_PART)).isZero();
    }

    @Test
    void aKillAtAnyInstantLosesNothing() {
        InMemoryObjectStore first = fresh();
        FaultyObjectStore counting = FaultyObjectStore.around(first);
        new Driver(Samples.job(first, archive(), FEED)).run(work(counting), Driver.AMPLE);
        for (int n = 1; n <= counting.calls(); n++) {
            for (Moment moment : Moment.values()) {
                InMemoryObjectStore store = fresh();
                Job job = Samples.job(store, archive(), FEED);
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

    @Test
    void invocationsThatRunAtOnceEndInTheSameBytes() {
        for (long seed = 0; seed < 500; seed++) {
            InMemoryObjectStore store = fresh();
            Job job = Samples.job(store, archive(), FEED);
            new Rivals(store, job, 1, new Random(seed)).run(PART);
            assertExtracted(store, job, new Driver(job), "seed " + seed);
        }
    }

    @Test
    void aStoreThatDoesNotSayWhatItCopiedIsNotTrusted() {
        InMemoryObjectStore store = fresh();
        Job job = Samples.job(store, archive(), FEED);
        Driver driver = new Driver(job);
        FaultyObjectStore counting = FaultyObjectStore.around(store);

        driver.run(work(answering(counting, part -> new Part(part.number(), -1, part.etag(), null))), Driver.AMPLE);

        assertExtracted(store, job, driver, "");
        assertThat(counting.calls(Operation.UPLOAD_PART)).isEqualTo(72);
    }

    @Test
    void aStoreThatCannotCopyRangesIsReadFrom() {
        InMemoryObjectStore store = fresh();
        Job job = Samples.job(store, archive(), FEED);
        Driver driver = new Driver(job);
        FaultyObjectStore refusing = FaultyObjectStore.around(store).onCall(call -> {
            if (call.operation() == Operation.COPY_PART) {
                throw new PermanentStoreException("copyPart", call.key(), "not implemented", null);
            }
        });

        driver.run(work(refusing), Driver.AMPLE);

        assertExtracted(store, job, driver, "");
    }

    @Test
    void aStoreThatFailsForAMomentIsAskedAgain() {
        InMemoryObjectStore store = fresh();
        Job job = Samples.job(store, archive(), FEED);
        Driver driver = new Driver(job);
        boolean[] failed = new boolean[1];
        ObjectStore failing = answering(store, part -> {
            if (!failed[0]) {
                failed[0] = true;
                throw new TransientStoreException("copyPart", "k", "made to fail", null);
            }
            return part;
        });
        try {
            driver.run(work(failing), Driver.AMPLE);
        } catch (TransientStoreException expected) {
            driver.run(work(failing), Driver.AMPLE);
        }
        assertThat(failed[0]).isTrue();
        assertExtracted(store, job, driver, "");
    }

    @Test
    void bytesThatDoNotHaveTheArchivesChecksumAreRefused() {
        byte[] archive = archive();
        archive[archive.length / 2] ^= 1;
        InMemoryObjectStore store = fresh();
        Job job = Samples.job(store, archive, FEED);
        Driver driver = new Driver(job);

        driver.run(work(store), Driver.AMPLE);

        assertThat(Objects.requireNonNull(driver.failure).code()).isEqualTo("CRC_MISMATCH");
        assertThat(store.snapshot()).doesNotContainKey(BucketLayout.entry(job.id(), 1));
        store.assertNoOpenUploads();
    }

    @Test
    void anArchiveThatWasReplacedMeanwhileIsNotCopiedFrom() {
        InMemoryObjectStore store = fresh();
        Job job = Samples.job(store, archive(), FEED);
        Driver driver = new Driver(job);
        ObjectStore replacing = Intercepted.store(store, new Intercepted.Around() {
            @Override
            public void before(String operation, Object[] arguments) {
                if (operation.equals("copyPart")) {
                    store.put(PutRequest.of(Samples.KEY, Content.of(new byte[100_000]), "application/octet-stream"));
                }
            }
        });

        driver.run(work(replacing), Driver.AMPLE);

        assertThat(Objects.requireNonNull(driver.failure).code()).isEqualTo("INPUT_REPLACED");
        store.assertNoOpenUploads();
    }
}
