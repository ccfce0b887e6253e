package io.intake.gateway.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.store.Content;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import io.intake.store.ReadRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Connections to the store are few. An upload that kept one while it waits for memory would keep it from those that would free
 * memory by it: with many uploads nobody would ever go on.
 */
class OneConnectionTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-03-01T06:00:00Z"));

    private final Semaphore connections = new Semaphore(1);
    private final InMemoryObjectStore twin = new InMemoryObjectStore(CLOCK);
    private final ObjectStore store = (ObjectStore) Proxy.newProxyInstance(
            ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (_, method, arguments) -> {
                if (!connections.tryAcquire(5, TimeUnit.SECONDS)) {
                    throw new AssertionError("no connection became free");
                }
                boolean held = false;
                try {
                    Object answer = method.invoke(twin, arguments);
                    if (answer instanceof ObjectContent content) {
                        held = true;
                        return new Held(content, connections);
                    }
                    return answer;
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                } finally {
                    if (!held) {
                        connections.release();
                    }
                }
            });

    /** Has the connection until it is closed, as an answer of S3 has. */
    private record Held(ObjectContent content, Semaphore connections) implements ObjectContent {
        @Override
        public ObjectInfo info() {
            return content.info();
        }

        @Override
        public InputStream stream() {
            return content.stream();
        }

        @Override
        public void close() {
            content.close();
            connections.release();
        }
    }

    @Test
    @Timeout(60)
    void whoWaitsForMemoryToGoOnHoldsNoConnection() throws Exception {
        for (int size : new int[] {1, 100_000, MemoryBudget.SLAB_BYTES, MemoryBudget.SLAB_BYTES + 1, 5_000_000}) {
            goOn(size);
        }
    }

    private void goOn(int size) throws Exception {
        MemoryBudget budget = new MemoryBudget(16L << 20);
        AtomicInteger ids = new AtomicInteger();
        byte[] file = new byte[size + 1_000];
        new Random(size).nextBytes(file);
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            UploadServices services = new UploadServices(
                    store,
                    new Partials(store, _ -> {}, () -> "write-" + ids.incrementAndGet()),
                    budget,
                    PartSchedule.forMemory(16L << 20),
                    executor,
                    _ -> {},
                    () -> "id-" + ids.incrementAndGet(),
                    CLOCK);
            String key = "inbound/p/x" + size;
            OpenUpload upload = new OpenUpload(
                    services,
                    new IdleUploads(Duration.ofSeconds(2), CLOCK, executor),
                    new Cancellation(),
                    UploadTarget.of("p", "inbound/p/", key),
                    UploadMeter.NONE,
                    null);
            upload.open();
            upload.write(0, ByteBuffer.wrap(file, 0, size));
            assertThat(upload.rest(CLOCK.instant())).isTrue();

            int hoarded = hoard(budget);
            Future<?> write = executor.submit(() -> {
                upload.write(size, ByteBuffer.wrap(file, size, 1_000));
                return null;
            });
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (budget.waiting() == 0 && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertThat(budget.waiting()).as("it waits for memory").isOne();
            assertThat(write.isDone()).isFalse();
            // what would free memory needs the connection
            var ignored = store.put(PutRequest.of("uploads/other", Content.of(new byte[1]), "text/plain"));

            budget.release(hoarded);
            write.get(20, TimeUnit.SECONDS);
            assertThat(upload.finish()).isInstanceOf(UploadEnd.Published.class);
            assertThat(budget.used()).isZero();
        }
        try (ObjectContent content = twin.read(ReadRequest.whole("inbound/p/x" + size))) {
            assertThat(content.stream().readAllBytes()).isEqualTo(file);
        }
    }

    /** Takes all that those who begin can have. */
    private static int hoard(MemoryBudget budget) {
        int slabs = 0;
        CompletableFuture<Void> more = budget.admit();
        while (more.isDone()) {
            slabs++;
            more = budget.admit();
        }
        assertThat(more.cancel(false)).as("nobody else waits").isTrue();
        return slabs;
    }
}
