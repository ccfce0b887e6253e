package io.intake.gateway.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.gateway.FaultyStore;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two sessions that both believe that a file is theirs can mix it, or tell two clients that theirs is the one stored. */
class TakeOverTest {
    private static final int MIB = 1 << 20;
    private static final String KEY = "inbound/p/x";
    private static final UploadTarget TARGET = UploadTarget.of("p", "inbound/p/", KEY);
    private static final byte[] OLD = bytes(20 * MIB + 3, 1);
    /** Begins as the old one's first two parts do, and has its size. */
    private static final byte[] NEW = bytes(20 * MIB + 3, 2);

    static {
        System.arraycopy(OLD, 0, NEW, 0, 16 * MIB);
    }

    private final InMemoryObjectStore twin = new InMemoryObjectStore(InstantSource.system());
    private final FaultyStore faulty = new FaultyStore(twin);
    private final MemoryBudget budget = new MemoryBudget(64L * MIB);
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    /** One that is asked, so that a test decides what happens between its look and its completion. */
    private final UploadServices old = services(faulty);

    private final UploadServices taking = services(twin);

    private static byte[] bytes(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private UploadServices services(io.intake.store.ObjectStore store) {
        return new UploadServices(
                store,
                new Partials(store, _ -> {}, () -> UUID.randomUUID().toString()),
                budget,
                PartSchedule.forMemory(64L * MIB),
                executor,
                _ -> {},
                () -> UUID.randomUUID().toString(),
                InstantSource.system());
    }

    @AfterEach
    void stop() {
        assertThat(budget.used()).isZero();
        executor.close();
    }

    private static void write(Upload upload, byte[] bytes, int from) throws Exception {
        for (int at = from; at < bytes.length; at += 261_120) {
            upload.write(at, ByteBuffer.wrap(bytes, at, Math.min(261_120, bytes.length - at)));
        }
    }

    private Upload takeOver() {
        Partial partial = taking.partials().find(TARGET, twin.head(KEY)).orElseThrow();
        Optional<Partial> claimed = taking.partials().claim(partial, twin.head(KEY));
        return new Upload(taking, new Cancellation(), TARGET, new Resumption.Unfinished(claimed.orElseThrow()));
    }

    private void assertStored(byte[] bytes) {
        assertThat(Arrays.equals(twin.snapshot().get(KEY), bytes)).isTrue();
    }

    @Test
    void whoeverTakesOverAtTheLastMomentFailsIfTheOldSessionHasClosedTheWholeFile() throws Exception {
        AtomicReference<Upload> taken = new AtomicReference<>();
        faulty.plan("completeUpload", FaultyStore.before(() -> taken.set(takeOver())));
        Upload first = new Upload(old, new Cancellation(), TARGET, null);
        write(first, OLD, 0);
        assertThat(first.finish()).isInstanceOf(UploadEnd.Published.class);
        assertStored(OLD);
        Upload second = taking(Objects.requireNonNull(taken.get()));
        assertThatThrownBy(() -> {
                    write(second, NEW, (int) second.size());
                    second.finish();
                })
                .isInstanceOf(UploadFailedException.class);
        assertStored(OLD);
    }

    private static Upload taking(Upload upload) throws Exception {
        upload.open();
        return upload;
    }

    @Test
    void theOldSessionFailsIfTheOtherOneHasSentAPartMeanwhile() throws Exception {
        AtomicReference<Upload> taken = new AtomicReference<>();
        faulty.plan("completeUpload", FaultyStore.before(() -> {
            try {
                Upload upload = taking(takeOver());
                write(upload, NEW, (int) upload.size());
                // its last part takes the place of the old one's, whose ETag is then not there any more
                assertThat(upload.finish()).isInstanceOf(UploadEnd.Published.class);
                taken.set(upload);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }));
        Upload first = new Upload(old, new Cancellation(), TARGET, null);
        write(first, OLD, 0);
        boolean acknowledged = true;
        try {
            UploadEnd ignored = first.finish();
        } catch (UploadFailedException e) {
            acknowledged = false;
        }
        assertThat(taken.get()).isNotNull();
        assertStored(NEW);
        assertThat(acknowledged)
                .as("told that its bytes are stored, which they are not")
                .isFalse();
    }

    @Test
    void aSessionThatWasTakenOverLongAgoNeitherSendsNorPublishes() throws Exception {
        AtomicReference<java.time.Instant> now = new AtomicReference<>(java.time.Instant.now());
        UploadServices slow = new UploadServices(
                faulty, old.partials(), budget, old.schedule(), executor, _ -> {}, old.uploadIds(), now::get);
        Upload first = new Upload(slow, new Cancellation(), TARGET, null);
        write(first, OLD, 0);
        Upload second = taking(takeOver());
        now.set(Objects.requireNonNull(now.get()).plusSeconds(2));
        assertThatThrownBy(first::finish).hasMessageContaining("taken over");
        assertThat(twin.head(KEY)).isEmpty();
        write(second, NEW, (int) second.size());
        assertThat(second.finish()).isInstanceOf(UploadEnd.Published.class);
        assertStored(NEW);
    }
}
