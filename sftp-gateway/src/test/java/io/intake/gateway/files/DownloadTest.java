package io.intake.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.gateway.FaultyStore;
import io.intake.gateway.protocol.SftpException;
import io.intake.store.Content;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.TransientStoreException;
import io.intake.store.memory.InMemoryObjectStore;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is read ahead must be the file's bytes in their place, and no client's way of reading may hold memory for ever. */
class DownloadTest {
    private static final int MIB = 1 << 20;
    private static final int SLAB = ReadMemory.SLAB_BYTES;
    private static final int PLACES = 4;

    private final InMemoryObjectStore bucket = new InMemoryObjectStore(InstantSource.system());
    private final FaultyStore store = new FaultyStore(bucket);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicLong asked = new AtomicLong();
    private OpenReads reads = reads(64);

    private OpenReads reads(int slabs) {
        return new OpenReads(PLACES, new ReadMemory((long) slabs * SLAB, nanos::get), threads);
    }

    @AfterEach
    void allIsGivenBack() {
        awaitAllGivenBack();
        threads.close();
    }

    private void awaitAllGivenBack() {
        Instant deadline = Instant.now().plus(Duration.ofSeconds(20));
        while (reads.memoryInUse() != 0 || reads.count() != 0) {
            assertThat(Instant.now()).as("%d bytes held", reads.memoryInUse()).isBefore(deadline);
            Thread.onSpinWait();
        }
    }

    private byte[] file(String key, int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        ObjectInfo ignored =
                bucket.put(new PutRequest(key, Content.of(bytes), "text/csv", Map.of(), Precondition.ALWAYS));
        return bytes;
    }

    private Download open(String key) {
        return new Download(store, bucket.head(key).orElseThrow(), reads);
    }

    private static byte[] read(Download download, long offset, int length) throws SftpException {
        int count = download.available(offset, length);
        if (count < 0) {
            return new byte[0];
        }
        byte[] answer = new byte[count + 8];
        download.read(offset, ByteBuffer.wrap(answer, 4, count));
        assertThat(answer).startsWith(0, 0, 0, 0).endsWith(0, 0, 0, 0);
        return Arrays.copyOfRange(answer, 4, 4 + count);
    }

    private static byte[] expected(byte[] file, long offset, int length) {
        return offset >= file.length
                ? new byte[0]
                : Arrays.copyOfRange(file, (int) offset, (int) Math.min(file.length, offset + length));
    }

    /** In order, a little out of order, again, back, and anywhere: what OpenSSH, resuming and indexing clients do. */
    private static void readAnyhow(Download download, byte[] file, Random random, String what) throws SftpException {
        long position = 0;
        for (int i = 0; i < 150; i++) {
            int length = 1 + random.nextInt(random.nextInt(4) == 0 ? 255 << 10 : 40_000);
            long offset = switch (random.nextInt(20)) {
                case 0 -> random.nextInt(file.length + 10);
                case 1 -> Math.max(0, position - random.nextInt(600_000));
                case 2 -> position + random.nextInt(100_000);
                case 3 -> file.length - 1L - random.nextInt(Math.min(file.length, 300_000));
                default -> position;
            };
            offset = Math.max(0, offset);
            assertThat(read(download, offset, length))
                    .as("%s, read %d: %d bytes at %d", what, i, length, offset)
                    .isEqualTo(expected(file, offset, length));
            position = offset + length;
        }
    }

    /** Breaks off some of its reads. */
    private void breakNowAndThen(Random random) {
        store.always("read", new FaultyStore.Plan() {
            @Override
            @SuppressWarnings("unchecked") // the plan is for reads only
            public <T extends @Nullable Object> T around(Supplier<T> call) {
                most.accumulateAndGet(reads.count(), Math::max);
                ObjectContent whole = (ObjectContent) java.util.Objects.requireNonNull(call.get());
                int left;
                synchronized (random) {
                    left = random.nextInt(3) == 0 ? 1 + random.nextInt(400_000) : Integer.MAX_VALUE;
                }
                return (T) new Breaking(whole, left);
            }
        });
    }

    private record Breaking(ObjectContent whole, InputStream stream) implements ObjectContent {
        Breaking(ObjectContent whole, int bytes) {
            this(whole, new FilterInputStream(whole.stream()) {
                private int left = bytes;

                @Override
                public int read(byte[] target, int offset, int length) throws IOException {
                    if (left == 0) {
                        throw new IOException("connection reset");
                    }
                    int count = super.read(target, offset, Math.min(left, length));
                    left -= Math.max(0, count);
                    return count;
                }
            });
        }

        @Override
        public ObjectInfo info() {
            return whole.info();
        }

        @Override
        public void close() {
            whole.close();
        }
    }

    @Test
    void howeverItIsReadTheBytesAreTheFiles() throws SftpException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int size : new int[] {1, SLAB - 1, SLAB, SLAB + 1, 5 * MIB + 7, 12 * MIB}) {
            byte[] file = file("inbound/p/x", size, seed);
            breakNowAndThen(new Random(seed));
            try (Download download = open("inbound/p/x")) {
                readAnyhow(download, file, random, "seed " + seed + ", size " + size);
            }
        }
    }

    /** Little memory, many downloads: they take it from each other all the time. */
    @Test
    void manyDownloadsShareLittleMemoryAndFewRequests() {
        long seed = new Random().nextLong();
        reads = reads(10);
        byte[] one = file("inbound/p/1", 7 * MIB, seed);
        byte[] two = file("inbound/p/2", 3 * MIB + 11, seed + 1);
        breakNowAndThen(new Random(seed));
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int d = 0; d < 24; d++) {
            int number = d;
            all.add(CompletableFuture.runAsync(
                    () -> {
                        try (Download download = open(number % 2 == 0 ? "inbound/p/1" : "inbound/p/2")) {
                            Random own = new Random(seed + number);
                            readAnyhow(download, number % 2 == 0 ? one : two, own, "seed " + seed + "," + number);
                            assertThat(reads.memoryInUse()).isLessThanOrEqualTo(10L * SLAB);
                            nanos.addAndGet(Duration.ofMillis(300).toNanos());
                        } catch (SftpException e) {
                            throw new AssertionError(e);
                        }
                    },
                    threads));
        }
        all.forEach(CompletableFuture::join);
        assertThat(most).hasValueLessThanOrEqualTo(PLACES);
    }

    private void count() {
        store.always("read", new FaultyStore.Plan() {
            @Override
            public <T extends @Nullable Object> T around(Supplier<T> call) {
                T content = call.get();
                asked.incrementAndGet();
                return content;
            }
        });
    }

    /** Memory that changes hands all the time would have the same bytes read from the store again and again. */
    @Test
    void manyWhoReadOnCauseNoMoreTrafficThanTheirFiles() {
        reads = reads(40);
        int size = 6 * MIB;
        byte[] file = file("inbound/p/x", size, 9);
        AtomicLong traffic = new AtomicLong();
        store.always("read", new FaultyStore.Plan() {
            @Override
            @SuppressWarnings("unchecked") // the plan is for reads only
            public <T extends @Nullable Object> T around(Supplier<T> call) {
                ObjectContent whole = (ObjectContent) java.util.Objects.requireNonNull(call.get());
                return (T) new Counting(whole, traffic);
            }
        });
        int downloads = 10;
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int d = 0; d < downloads; d++) {
            all.add(CompletableFuture.runAsync(
                    () -> {
                        try (Download download = open("inbound/p/x")) {
                            for (int at = 0; at < size; at += 100_000) {
                                assertThat(read(download, at, 100_000)).isEqualTo(expected(file, at, 100_000));
                            }
                        } catch (SftpException e) {
                            throw new AssertionError(e);
                        }
                    },
                    threads));
        }
        all.forEach(CompletableFuture::join);
        assertThat(traffic.get()).isBetween((long) downloads * size, 5L * downloads * size / 4);
    }

    private record Counting(ObjectContent whole, AtomicLong traffic) implements ObjectContent {
        @Override
        public ObjectInfo info() {
            return whole.info();
        }

        @Override
        public InputStream stream() {
            return new FilterInputStream(whole.stream()) {
                @Override
                public int read(byte[] target, int offset, int length) throws IOException {
                    int count = super.read(target, offset, length);
                    traffic.addAndGet(Math.max(0, count));
                    return count;
                }
            };
        }

        @Override
        public void close() {
            whole.close();
        }
    }

    @Test
    void theFirstReadsOfALargeFileCauseOneRequest() throws SftpException {
        byte[] file = file("inbound/p/x", 20 * MIB, 1);
        count();
        try (Download download = open("inbound/p/x")) {
            for (int at = 0; at < 131_072; at += 32_768) {
                assertThat(read(download, at, 32_768)).isEqualTo(expected(file, at, 32_768));
            }
            assertThat(asked).hasValue(1);
            assertThat(reads.memoryInUse()).isEqualTo(SLAB);
        }
    }

    @Test
    void severalRequestsAreUnderWayOnceAClientReadsOn() throws Exception {
        byte[] file = file("inbound/p/x", 40 * MIB, 1);
        try (Download download = open("inbound/p/x")) {
            int at = 0;
            for (; at < 10 * MIB; at += 262_144) {
                assertThat(read(download, at, 262_144)).isEqualTo(expected(file, at, 262_144));
            }
            awaitNoRequest();
            CountDownLatch several = new CountDownLatch(3);
            CountDownLatch go = new CountDownLatch(1);
            store.always("read", FaultyStore.before(() -> {
                several.countDown();
                try {
                    go.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }));
            int from = at;
            CompletableFuture<byte[]> read = CompletableFuture.supplyAsync(
                    () -> {
                        byte[] last = new byte[0];
                        try {
                            for (int next = from; next < from + 12 * MIB; next += 262_144) {
                                last = read(download, next, 262_144);
                                assertThat(last).isEqualTo(expected(file, next, 262_144));
                            }
                        } catch (SftpException e) {
                            throw new AssertionError(e);
                        }
                        return last;
                    },
                    threads);
            several.await();
            go.countDown();
            assertThat(read.join()).hasSize(262_144);
            assertThat(reads.memoryInUse()).isLessThanOrEqualTo(11L * MIB);
        }
    }

    private void awaitNoRequest() {
        Instant deadline = Instant.now().plus(Duration.ofSeconds(20));
        while (reads.count() != 0) {
            assertThat(Instant.now()).isBefore(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void whatASilentClientWasReadAheadGoesToOneThatReads() throws SftpException {
        reads = reads(4);
        byte[] file = file("inbound/p/x", 4 * MIB, 3);
        List<Download> silent = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Download download = open("inbound/p/x");
            silent.add(download);
            assertThat(read(download, 0, 100)).isEqualTo(expected(file, 0, 100));
        }
        awaitNoRequest();
        count();
        try (Download reader = open("inbound/p/x")) {
            assertThat(read(reader, 0, 1000)).isEqualTo(expected(file, 0, 1000));
            assertThat(read(reader, 1000, 1000)).isEqualTo(expected(file, 1000, 1000));
            assertThat(asked).as("no memory: each read is a request").hasValue(2);
            nanos.addAndGet(Duration.ofSeconds(3).toNanos());
            for (int at = 2000; at < 100_000; at += 1000) {
                assertThat(read(reader, at, 1000)).isEqualTo(expected(file, at, 1000));
            }
            assertThat(asked).as("one slab was taken over").hasValue(3);
        }
        for (Download download : silent) {
            assertThat(read(download, 100, 100)).isEqualTo(expected(file, 100, 100));
            download.close();
        }
    }

    @Test
    void aReplacedFileIsNeverMixedWithItsSuccessor() throws SftpException {
        byte[] old = file("inbound/p/x", 20 * MIB, 4);
        try (Download download = open("inbound/p/x")) {
            assertThat(read(download, 0, 200_000)).isEqualTo(expected(old, 0, 200_000));
            file("inbound/p/x", 20 * MIB, 5);
            assertThatThrownBy(() -> {
                        for (int at = 200_000; at < old.length; at += 200_000) {
                            assertThat(read(download, at, 200_000)).isEqualTo(expected(old, at, 200_000));
                        }
                    })
                    .isInstanceOf(SftpException.class)
                    .hasMessageContaining("replaced");
        }
    }

    @Test
    void whatFailedWhileItWasReadAheadIsAskedForOnceMore() throws SftpException {
        byte[] file = file("inbound/p/x", 2 * MIB, 6);
        try (Download download = open("inbound/p/x")) {
            assertThat(read(download, 0, 255_000)).isEqualTo(expected(file, 0, 255_000));
            awaitNoRequest();
            store.plan("read", FaultyStore.failBefore(() -> new TransientStoreException("read", "k", "gone", null)));
            for (int at = 255_000; at < file.length; at += 100_000) {
                if (at == 255_000) {
                    // nothing was read ahead yet: the failure is this read's own
                    int offset = at + 10_000;
                    assertThatThrownBy(() -> read(download, offset, 100_000))
                            .isInstanceOf(TransientStoreException.class);
                }
                assertThat(read(download, at, 100_000)).isEqualTo(expected(file, at, 100_000));
            }
        }
        try (Download download = open("inbound/p/x")) {
            store.resetCalls();
            assertThat(read(download, 0, SLAB - 1)).hasSize(SLAB - 1);
            awaitNoRequest();
            CountDownLatch failed = new CountDownLatch(1);
            store.plan("read", FaultyStore.failAfter(() -> {
                failed.countDown();
                return new TransientStoreException("read", "k", "gone", null);
            }));
            assertThat(read(download, SLAB - 1, 1)).isEqualTo(expected(file, SLAB - 1, 1));
            failed.await();
            for (int at = SLAB; at < file.length; at += 100_000) {
                assertThat(read(download, at, 100_000)).isEqualTo(expected(file, at, 100_000));
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
