package io.intake.gateway.sftp;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.gateway.upload.Cancellation;
import io.intake.gateway.upload.IdleUploads;
import io.intake.gateway.upload.MemoryBudget;
import io.intake.gateway.upload.OpenUpload;
import io.intake.gateway.upload.PartSchedule;
import io.intake.gateway.upload.Partials;
import io.intake.gateway.upload.UploadMeter;
import io.intake.gateway.upload.UploadServices;
import io.intake.gateway.upload.UploadTarget;
import io.intake.store.ReadRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.sshd.sftp.common.SftpConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two threads that share a file's writes must not lose, double or swap a byte between them, whoever takes which part. */
class InlineWritesTest {
    private static final int MIB = 1 << 20;
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-03-01T06:00:00Z"));

    private final InMemoryObjectStore store = new InMemoryObjectStore(CLOCK);
    private final MemoryBudget budget = new MemoryBudget(16L * MIB);
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger ids = new AtomicInteger();
    private final IdleUploads idle = new IdleUploads(Duration.ofSeconds(2), CLOCK, executor);
    private final UploadServices services = new UploadServices(
            store,
            new Partials(store, _ -> {}, () -> "write-" + ids.incrementAndGet()),
            budget,
            PartSchedule.forMemory(16L * MIB),
            executor,
            _ -> {},
            () -> "id-" + ids.incrementAndGet(),
            CLOCK);

    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger queued = new AtomicInteger();

    @AfterEach
    void nothingStaysInMemory() {
        assertThat(budget.used()).isZero();
        executor.close();
    }

    @Test
    void theFileIsWhatWasWrittenAndEachRequestIsAnsweredOnce() throws Exception {
        for (long seed = 0; seed < 60; seed++) {
            upload(seed);
        }
        assertThat(taken.get()).as("done at once").isGreaterThan(100);
        assertThat(queued.get()).as("left to the channel's thread").isGreaterThan(100);
    }

    private void upload(long seed) throws Exception {
        Random random = new Random(seed);
        byte[] file = new byte[1 + random.nextInt(random.nextBoolean() ? 12 * MIB : 60_000)];
        random.nextBytes(file);
        String key = "inbound/p/x" + seed;
        OpenUpload upload = new OpenUpload(
                services, idle, new Cancellation(), UploadTarget.of("p", "inbound/p/", key), UploadMeter.NONE, null);
        upload.open();
        HandleTable handles = new HandleTable();
        byte[] handle = handles.add(new Handle.Writing("/x", CLOCK.instant(), upload, 0, false, new AtomicBoolean()));
        List<byte[]> requests = requests(file, handle, random);

        ConcurrentLinkedQueue<Integer> answers = new ConcurrentLinkedQueue<>();
        AtomicLong counted = new AtomicLong();
        Random busy = new Random(seed + 1_000);
        Inbox inbox = new Inbox(4 * MIB, new InlineWrites(handles, counted::addAndGet, id -> {
            if (busy.nextInt(10) == 0) {
                return false;
            }
            taken.incrementAndGet();
            return answers.add(id);
        }));
        AtomicLong window = new AtomicLong(4 * MIB);
        Future<?> channel = executor.submit(() -> {
            for (ByteBuffer packet = inbox.next(); packet != null; packet = inbox.next()) {
                int length = packet.remaining();
                int id = write(upload, packet, counted);
                window.addAndGet(inbox.consume(length));
                queued.incrementAndGet();
                answers.add(id);
            }
            return null;
        });
        long sent = send(requests, inbox, window, random);
        inbox.end();
        channel.get(30, TimeUnit.SECONDS);
        var ignored = upload.finish();

        assertThat(window.get()).as("seed %d: the window is given back", seed).isEqualTo(4L * MIB);
        assertThat(sent).isGreaterThan(counted.get());
        assertThat(answers)
                .as("seed %d", seed)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, requests.size()).boxed().toList());
        try (var content = store.read(ReadRequest.whole(key))) {
            assertThat(content.stream().readAllBytes()).as("seed %d", seed).isEqualTo(file);
        }
    }

    private static int write(OpenUpload upload, ByteBuffer packet, AtomicLong counted) throws Exception {
        assertThat(packet.get()).isEqualTo((byte) SftpConstants.SSH_FXP_WRITE);
        int id = packet.getInt();
        assertThat(packet.getInt()).isEqualTo(4);
        packet.getInt();
        long offset = packet.getLong();
        assertThat(packet.getInt()).isEqualTo(packet.remaining());
        counted.addAndGet(packet.remaining());
        upload.write(offset, packet);
        return id;
    }

    /** Requests in order but for some that come early, and some whose end comes again. */
    private static List<byte[]> requests(byte[] file, byte[] handle, Random random) {
        List<int[]> ranges = new ArrayList<>();
        for (int from = 0; from < file.length; ) {
            int count = Math.min(file.length - from, 1 + random.nextInt(random.nextBoolean() ? 255 << 10 : 2_000));
            ranges.add(new int[] {from, count});
            // what may have been sent cannot be written again
            boolean again = file.length < 5 * MIB && random.nextInt(20) == 0;
            from += again ? Math.ceilDiv(count, 2) : count;
        }
        for (int i = 1; i < ranges.size(); i++) {
            if (random.nextInt(20) == 0) {
                ranges.add(i - 1, ranges.remove(i));
            }
        }
        List<byte[]> requests = new ArrayList<>();
        for (int[] range : ranges) {
            requests.add(ByteBuffer.allocate(InlineWrites.HEADER_BYTES + range[1])
                    .putInt(InlineWrites.HEADER_BYTES - 4 + range[1])
                    .put((byte) SftpConstants.SSH_FXP_WRITE)
                    .putInt(requests.size())
                    .putInt(handle.length)
                    .put(handle)
                    .putLong(range[0])
                    .putInt(range[1])
                    .put(file, range[0], range[1])
                    .array());
        }
        return requests;
    }

    /** As a client does: packets that are cut anywhere, never more than the window. */
    private static long send(List<byte[]> requests, Inbox inbox, AtomicLong window, Random random) throws IOException {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        requests.forEach(stream::writeBytes);
        byte[] bytes = stream.toByteArray();
        for (int sent = 0; sent < bytes.length; ) {
            int count = Math.min(bytes.length - sent, 1 + random.nextInt(random.nextInt(4) == 0 ? 100 : 32 << 10));
            while (window.get() < count) {
                Thread.onSpinWait();
            }
            window.addAndGet(-count);
            window.addAndGet(inbox.append(bytes, sent, count));
            sent += count;
        }
        return bytes.length;
    }
}
