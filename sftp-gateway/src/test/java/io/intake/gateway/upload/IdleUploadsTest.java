package io.intake.gateway.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.gateway.FaultyStore;
import io.intake.store.TransientStoreException;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A client that falls asleep in the middle of its upload must not stop a hospital's, and must find its own bytes again. */
class IdleUploadsTest {
    private static final int MIB = 1 << 20;
    private static final Duration IDLE = Duration.ofSeconds(2);

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-01T06:00:00Z"));
    private final InstantSource clock = now::get;
    private final InMemoryObjectStore twin = new InMemoryObjectStore(clock);
    private final FaultyStore store = new FaultyStore(twin);
    private final MemoryBudget budget = new MemoryBudget(16L * MIB);
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger ids = new AtomicInteger();
    private final UploadServices services = gateway(budget);
    private final IdleUploads idle = new IdleUploads(IDLE, clock, executor);

    private UploadServices gateway(MemoryBudget memory) {
        return new UploadServices(
                store,
                new Partials(store, this::pass, () -> "write-" + ids.incrementAndGet()),
                memory,
                PartSchedule.forMemory(16L * MIB),
                executor,
                this::pass,
                () -> "id-" + ids.incrementAndGet(),
                clock);
    }

    @AfterEach
    void nothingStaysInMemory() {
        assertThat(budget.used()).isZero();
        assertThat(idle.resting()).isZero();
        executor.close();
    }

    private void pass(Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }

    private static String key(String name) {
        return "inbound/p/" + name;
    }

    private static UploadTarget target(String name) {
        return UploadTarget.of("p", "inbound/p/", key(name));
    }

    private OpenUpload open(String name) throws Exception {
        return open(name, null);
    }

    private OpenUpload open(String name, @Nullable Resumption from) throws Exception {
        OpenUpload upload = new OpenUpload(services, idle, new Cancellation(), target(name), UploadMeter.NONE, from);
        upload.open();
        return upload;
    }

    private static byte[] bytes(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static void write(OpenUpload upload, byte[] bytes, int from, int to) throws Exception {
        for (int at = from; at < to; at += 32_768) {
            upload.write(at, ByteBuffer.wrap(bytes, at, Math.min(32_768, to - at)));
        }
    }

    /** Somebody waits for memory as long as the returned future is not cancelled. */
    private CompletableFuture<Void> shortage() {
        return budget.reserve((int) (budget.capacity() / MemoryBudget.SLAB_BYTES));
    }

    private void giveUp(CompletableFuture<Void> waiting) {
        if (!waiting.cancel(false)) {
            budget.release((int) (budget.capacity() / MemoryBudget.SLAB_BYTES));
        }
        budget.serve();
    }

    /** Puts aside what is silent, as if somebody needed all memory. */
    private void relieve() {
        pass(IDLE);
        CompletableFuture<Void> waiting = shortage();
        idle.relieve();
        giveUp(waiting);
    }

    @Test
    void nothingIsPutAsideWhileThereIsMemoryOrWhileTheClientWrites() throws Exception {
        byte[] bytes = bytes(3 * MIB, 1);
        OpenUpload upload = open("x");
        write(upload, bytes, 0, 3 * MIB);
        pass(IDLE);
        idle.relieve();
        assertThat(idle.resting()).isZero();
        write(upload, bytes, 3 * MIB - 1, 3 * MIB);
        CompletableFuture<Void> waiting = shortage();
        idle.relieve();
        giveUp(waiting);
        assertThat(idle.resting()).isZero();
        assertThat(store.calls()).isZero();
        upload.finish();
        assertThat(twin.snapshot().get(key("x"))).isEqualTo(bytes);
    }

    /** Its record would hide the file. */
    @Test
    void anUploadWhoseFileALaterSessionHasStoredIsNotPutAside() throws Exception {
        OpenUpload older = open("x");
        write(older, bytes(2 * MIB, 1), 0, 2 * MIB);
        byte[] bytes = bytes(3 * MIB, 2);
        OpenUpload newer = open("x");
        write(newer, bytes, 0, 3 * MIB);
        newer.finish();
        relieve();
        assertThat(idle.resting()).isZero();
        assertThat(older.park()).isInstanceOf(UploadEnd.Abandoned.class);
        assertThat(twin.snapshot()).containsOnlyKeys(key("x"));
    }

    @Test
    void whoseSilenceEndsJustBeforeIsNotPutAside() throws Exception {
        byte[] bytes = bytes(2 * MIB, 9);
        AtomicReference<OpenUpload> silent = new AtomicReference<>();
        AtomicInteger asked = new AtomicInteger();
        IdleUploads late = new IdleUploads(IDLE, clock, task -> {
            asked.incrementAndGet();
            try {
                write(Objects.requireNonNull(silent.get()), bytes, MIB, 2 * MIB);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            task.run();
        });
        OpenUpload upload = new OpenUpload(services, late, new Cancellation(), target("x"), UploadMeter.NONE, null);
        silent.set(upload);
        upload.open();
        write(upload, bytes, 0, MIB);
        pass(IDLE);
        CompletableFuture<Void> waiting = shortage();
        late.relieve();
        giveUp(waiting);
        assertThat(asked).hasValue(1);
        assertThat(late.resting()).isZero();
        assertThat(store.calls()).isZero();
        upload.finish();
        assertThat(twin.snapshot().get(key("x"))).isEqualTo(bytes);
    }

    @Test
    void aSilentUploadGivesItsMemoryBackAndGoesOnAsIfNothingHadBeen() throws Exception {
        for (int size : new int[] {1, 2, 262_144, 262_145, 4 * MIB, 5 * MIB, 5 * MIB + 1, 8 * MIB, 9 * MIB, 13 * MIB}) {
            byte[] bytes = bytes(size + 300_000, size);
            OpenUpload upload = open("x");
            write(upload, bytes, 0, size);
            relieve();
            assertThat(idle.resting()).as("size %d", size).isEqualTo(1);
            assertThat(budget.used()).as("size %d", size).isZero();
            assertThat(upload.size()).isEqualTo(size);
            write(upload, bytes, size, bytes.length);
            relieve();
            assertThat(budget.used()).as("size %d", size).isZero();
            UploadEnd.Published end = (UploadEnd.Published) upload.finish();
            assertThat(end.size()).isEqualTo(bytes.length);
            assertThat(Arrays.equals(twin.snapshot().get(key("x")), bytes))
                    .as("size %d", size)
                    .isTrue();
            assertThat(twin.snapshot()).as("no record, no tail").hasSize(1);
            twin.assertNoOpenUploads();
        }
    }

    @Test
    void activeUploadsFinishWhileThreeTimesAsManyAreSilentAndTheSilentOnesFinishLater() throws Exception {
        int fit = 3; // of one smallest part each
        byte[] bytes = bytes(7 * MIB, 3);
        List<OpenUpload> silent = new ArrayList<>();
        CompletableFuture<?> opening = CompletableFuture.runAsync(
                () -> {
                    for (int i = 0; i < 3 * fit; i++) {
                        try {
                            OpenUpload upload = open("silent" + i);
                            silent.add(upload);
                            write(upload, bytes, 0, MIB + i * 300_000);
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    }
                },
                executor);
        relieveUntil(opening);
        List<CompletableFuture<?>> active = new ArrayList<>();
        for (int i = 0; i < 3 * fit; i++) {
            String name = "active" + i;
            active.add(CompletableFuture.runAsync(() -> whole(name, bytes), executor));
        }
        relieveUntil(CompletableFuture.allOf(active.toArray(CompletableFuture[]::new)));
        assertThat(twin.snapshot().keySet().stream().filter(key -> key.startsWith("inbound/p/active")))
                .hasSize(3 * fit);
        assertThat(budget.used()).isLessThanOrEqualTo(budget.capacity());
        List<CompletableFuture<?>> woken = new ArrayList<>();
        for (int i = 0; i < silent.size(); i++) {
            OpenUpload upload = silent.get(i);
            int from = MIB + i * 300_000;
            woken.add(CompletableFuture.runAsync(
                    () -> {
                        try {
                            write(upload, bytes, from, bytes.length);
                            upload.finish();
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    executor));
        }
        relieveUntil(CompletableFuture.allOf(woken.toArray(CompletableFuture[]::new)));
        assertThat(twin.snapshot())
                .hasSize(6 * fit)
                .allSatisfy(
                        (_, stored) -> assertThat(Arrays.equals(stored, bytes)).isTrue());
    }

    @Test
    void aThousandSlowUploadsStayWithinTheMemoryAndAllEnd() throws Exception {
        int count = 1_000;
        byte[] bytes = bytes(30_000, 4);
        List<CompletableFuture<?>> all = new ArrayList<>();
        CyclicBarrier rounds = new CyclicBarrier(count);
        for (int i = 0; i < count; i++) {
            String name = "slow" + i;
            all.add(CompletableFuture.runAsync(
                    () -> {
                        try {
                            OpenUpload upload = open(name);
                            for (int at = 0; at < bytes.length; at += 10_000) {
                                upload.write(at, ByteBuffer.wrap(bytes, at, 10_000));
                                // nobody goes on before everybody has come so far
                                rounds.await(60, TimeUnit.SECONDS);
                            }
                            upload.finish();
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    executor));
        }
        relieveUntil(CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)));
        assertThat(twin.snapshot())
                .hasSize(count)
                .allSatisfy(
                        (_, stored) -> assertThat(Arrays.equals(stored, bytes)).isTrue());
    }

    private void whole(String name, byte[] bytes) {
        try {
            OpenUpload upload = open(name);
            write(upload, bytes, 0, bytes.length);
            upload.finish();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lets time pass, a little at a time, so that only those who wait for a client are silent. */
    private void relieveUntil(CompletableFuture<?> done) {
        Instant deadline = Instant.now().plusSeconds(60);
        while (!done.isDone() && Instant.now().isBefore(deadline)) {
            pass(Duration.ofMillis(100));
            idle.relieve();
            assertThat(budget.used()).isLessThanOrEqualTo(budget.capacity());
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
        assertThat(done).as("everybody goes on").isDone();
        done.join();
    }

    @Test
    void anySequenceOfWritesWithPausesEndsByteIdenticalOrRefused() throws Exception {
        int published = 0;
        int rested = 0;
        for (long seed = 0; seed < 100; seed++) {
            Random random = RandomWrites.random(seed);
            RandomWrites model = new RandomWrites(random);
            OpenUpload upload = open("x");
            boolean refused = false;
            try {
                for (RandomWrites.Write write : model.writes()) {
                    upload.write(write.offset(), ByteBuffer.wrap(write.bytes()));
                    if (random.nextInt(15) == 0) {
                        relieve();
                        rested += idle.resting();
                    }
                }
                upload.finish();
            } catch (UploadFailedException e) {
                refused = true;
            }
            upload.abandon();
            if (refused) {
                assertThat(twin.head(key("x"))).as("seed %d", seed).isEmpty();
            } else {
                published++;
                assertThat(Arrays.equals(twin.snapshot().get(key("x")), model.content()))
                        .as("seed %d", seed)
                        .isTrue();
            }
            assertThat(budget.used()).as("seed %d", seed).isZero();
            clear();
        }
        assertThat(published).as("sequences that could be stored").isBetween(20, 95);
        assertThat(rested).as("pauses").isGreaterThan(40);
    }

    private void clear() {
        twin.snapshot().keySet().forEach(twin::delete);
        twin.listUploads("", null).uploads().forEach(left -> twin.abortUpload(left.ref()));
    }

    private Partial found(String name) {
        return services.partials().find(target(name), twin.head(key(name))).orElseThrow();
    }

    @Test
    void afterACrashWhileItRestsAnotherGatewayGoesOnWithAllButTheLastByte() throws Exception {
        for (int size : new int[] {700_000, 6 * MIB, 14 * MIB}) {
            byte[] bytes = bytes(size + MIB, size);
            OpenUpload lost = open("x");
            write(lost, bytes, 0, size);
            relieve();
            // the gateway is killed here: nothing of it does anything any more
            Partial partial = found("x");
            assertThat(partial.size()).isEqualTo(size - 1);
            UploadServices other = gateway(new MemoryBudget(16L * MIB));
            Partial claimed =
                    other.partials().claim(partial, twin.head(key("x"))).orElseThrow();
            OpenUpload resumed = new OpenUpload(
                    other,
                    new IdleUploads(IDLE, clock, executor),
                    new Cancellation(),
                    target("x"),
                    UploadMeter.NONE,
                    new Resumption.Unfinished(claimed));
            resumed.open();
            assertThat(resumed.size()).isEqualTo(size - 1);
            write(resumed, bytes, size - 1, bytes.length);
            resumed.finish();
            assertThat(Arrays.equals(twin.snapshot().get(key("x")), bytes)).isTrue();

            assertThatThrownBy(() -> lost.write(size, ByteBuffer.wrap(new byte[10])))
                    .as("the session it was taken from")
                    .hasMessageContaining("taken over");
            lost.abandon();
            clear();
        }
    }

    @Test
    void aSessionLostWhileItRestsLeavesAParkedUpload() throws Exception {
        byte[] bytes = bytes(2 * MIB, 5);
        OpenUpload lost = open("x");
        write(lost, bytes, 0, MIB);
        relieve();
        assertThat(lost.park()).isEqualTo(new UploadEnd.Parked(MIB - 1));
        Partial partial = found("x");
        assertThat(partial.record().parked()).isTrue();
        Partial claimed =
                services.partials().claim(partial, twin.head(key("x"))).orElseThrow();
        OpenUpload resumed = open("x", new Resumption.Unfinished(claimed));
        relieve();
        assertThat(budget.used()).as("what was loaded again can rest again").isZero();
        assertThat(resumed.finish()).as("nothing was written").isEqualTo(new UploadEnd.Unchanged(MIB - 1));
        Partial again = found("x");
        Partial mine = services.partials().claim(again, twin.head(key("x"))).orElseThrow();
        OpenUpload finishing = open("x", new Resumption.Unfinished(mine));
        write(finishing, bytes, MIB - 1, bytes.length);
        finishing.finish();
        assertThat(twin.snapshot().get(key("x"))).isEqualTo(bytes);
    }

    @Test
    void bytesThatWereWrittenAgainAfterARestAreNotForgottenInACrash() throws Exception {
        byte[] bytes = bytes(MIB, 6);
        OpenUpload upload = open("x");
        write(upload, bytes, 0, MIB);
        relieve();
        upload.write(0, ByteBuffer.wrap(new byte[] {1, 2, 3}));
        assertThat(services.partials().find(target("x"), twin.head(key("x"))))
                .as("what is durable holds the bytes as they were before")
                .isEmpty();
        bytes[0] = 1;
        bytes[1] = 2;
        bytes[2] = 3;
        relieve();
        assertThat(found("x").size()).isEqualTo(MIB - 1);
        upload.finish();
        assertThat(twin.snapshot().get(key("x"))).isEqualTo(bytes);
        assertThat(twin.snapshot()).hasSize(1);
    }

    @Test
    void aStoreThatDoesNotTakeItLeavesTheUploadInMemory() throws Exception {
        byte[] bytes = bytes(MIB, 7);
        OpenUpload upload = open("x");
        write(upload, bytes, 0, MIB);
        store.always("put", FaultyStore.failBefore(() -> new TransientStoreException("put", "k", "503", null)));
        relieve();
        assertThat(idle.resting()).isZero();
        store.always("put", FaultyStore.before(() -> {}));
        upload.finish();
        assertThat(twin.snapshot().get(key("x"))).isEqualTo(bytes);
    }

    @Test
    void bytesAheadOfAGapAreNotKeptAndTheClientIsTold() throws Exception {
        byte[] bytes = bytes(MIB, 8);
        OpenUpload upload = open("x");
        write(upload, bytes, 0, MIB);
        upload.write(MIB + 10, ByteBuffer.wrap(new byte[10]));
        relieve();
        assertThat(budget.used()).isZero();
        assertThatThrownBy(() -> upload.write(MIB, ByteBuffer.wrap(new byte[10])))
                .hasMessageContaining("memory is short");
        upload.abandon();
        assertThat(twin.snapshot()).isEmpty();
    }

    @Test
    void aSessionLostWhileItWaitsToBeWokenKeepsWhatItHad() throws Exception {
        byte[] bytes = bytes(MIB, 9);
        Cancellation cancellation = new Cancellation();
        OpenUpload upload = new OpenUpload(services, idle, cancellation, target("x"), UploadMeter.NONE, null);
        upload.open();
        write(upload, bytes, 0, MIB);
        relieve();
        CompletableFuture<Void> everything = shortage();
        assertThat(everything).isDone();
        cancellation.cancel();
        assertThatThrownBy(() -> upload.write(MIB, ByteBuffer.wrap(bytes, 0, 10)))
                .isInstanceOf(SessionLostException.class);
        assertThat(upload.park()).isEqualTo(new UploadEnd.Parked(MIB - 1));
        assertThat(found("x").size()).isEqualTo(MIB - 1);
        giveUp(everything);
    }
}
