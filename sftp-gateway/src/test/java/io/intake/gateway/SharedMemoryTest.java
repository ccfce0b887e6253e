package io.intake.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.sftp.client.SftpClient;
import org.junit.jupiter.api.Test;

/** A hospital whose uploads hang, or that has too many of them, must not keep another one's from coming in. */
class SharedMemoryTest {
    private static final int MIB = 1 << 20;
    private static final byte[] BYTES = GatewayFixture.bytes(8 * MIB, 1);

    private static void write(SftpClient client, SftpClient.Handle handle, int from, int to) throws IOException {
        for (int at = from; at < to; at += 32_768) {
            client.write(handle, at, BYTES, at, Math.min(32_768, to - at));
        }
    }

    private static GatewayFixture gateway(int mib, UploadLimits limits) throws IOException {
        return new GatewayFixture(
                GatewayFixture.config().withUploadMemory((long) mib * MIB).withUploads(limits));
    }

    @Test
    void oneHospitalsManyUploadsDoNotSlowAnotherOneDown() throws Exception {
        // so long that nothing is put aside: only the share protects the other one
        try (GatewayFixture fixture = gateway(32, new UploadLimits(50, Duration.ofHours(1)))) {
            List<ClientSession> greedy = new ArrayList<>();
            List<CompletableFuture<Void>> writers = new ArrayList<>();
            for (int s = 0; s < 12; s++) {
                ClientSession session = fixture.connect();
                greedy.add(session);
                SftpClient client = GatewayFixture.sftp(session);
                String name = "stalled" + s;
                writers.add(run(() -> {
                    SftpClient.Handle handle = client.open(name, SftpClient.OpenMode.Write, SftpClient.OpenMode.Create);
                    write(client, handle, 0, 3 * MIB); // and not a byte more
                }));
            }
            GatewayFixture.await("its share is used up", () -> fixture.gateway.uploadMemoryInUse() > 12L * MIB);
            try (ClientSession session = fixture.connect(GatewayFixture.OTHER, fixture.otherKey);
                    SftpClient modest = GatewayFixture.sftp(session)) {
                for (int i = 0; i < 4; i++) {
                    GatewayFixture.put(modest, "x" + i, BYTES);
                }
                assertThat(fixture.gateway.uploadMemoryInUse()).isLessThanOrEqualTo(16L * MIB);
            }
            assertThat(writers)
                    .as("the greedy one's uploads wait for each other")
                    .anyMatch(writer -> !writer.isDone());
            assertThat(fixture.twin.snapshot().get("inbound/mercy/x3")).isEqualTo(BYTES);
            for (ClientSession session : greedy) {
                session.getIoSession().close(true).await(GatewayFixture.LIMIT);
            }
            writers.forEach(writer -> writer.exceptionally(_ -> null).join());
            fixture.keepUploads();
        }
    }

    @Test
    void uploadsWhoseClientsAreSilentMakeRoomAndGoOnWhenTheyWakeUp() throws Exception {
        try (GatewayFixture fixture = gateway(16, new UploadLimits(100, Duration.ofMillis(100)))) {
            CountDownLatch wake = new CountDownLatch(1);
            CountDownLatch silent = new CountDownLatch(9);
            List<CompletableFuture<Void>> sleepers = new ArrayList<>();
            List<ClientSession> sessions = new ArrayList<>();
            for (int s = 0; s < 9; s++) {
                ClientSession session = fixture.connect();
                sessions.add(session);
                SftpClient client = GatewayFixture.sftp(session);
                String name = "silent" + s;
                int before = 300_000 + s * 400_000;
                sleepers.add(run(() -> {
                    try (SftpClient.CloseableHandle handle =
                            client.open(name, SftpClient.OpenMode.Write, SftpClient.OpenMode.Create)) {
                        write(client, handle, 0, before);
                        silent.countDown();
                        assertThat(wake.await(60, TimeUnit.SECONDS)).isTrue();
                        write(client, handle, before, BYTES.length);
                    }
                }));
            }
            assertThat(silent.await(60, TimeUnit.SECONDS)).as("all have begun").isTrue();
            try (SftpClient active = fixture.sftp()) {
                for (int i = 0; i < 3; i++) {
                    GatewayFixture.put(active, "active" + i, BYTES);
                }
            }
            assertThat(fixture.gateway.restingUploads()).isPositive();
            wake.countDown();
            sleepers.forEach(CompletableFuture::join);
            assertThat(fixture.twin.snapshot())
                    .hasSize(12)
                    .allSatisfy((_, bytes) ->
                            assertThat(Arrays.equals(bytes, BYTES)).isTrue());
            assertThat(fixture.gateway.restingUploads()).isZero();
            for (ClientSession session : sessions) {
                session.close();
            }
        }
    }

    @Test
    void anUploadThatWasPutAsideWhenItsGatewayDiedGoesOnAtAnotherOne() throws Exception {
        GatewayFixture first = gateway(16, new UploadLimits(100, Duration.ofMillis(100)));
        first.keepUploads();
        ClientSession session = first.connect();
        SftpClient client = GatewayFixture.sftp(session);
        SftpClient.Handle handle = client.open("x", SftpClient.OpenMode.Write, SftpClient.OpenMode.Create);
        write(client, handle, 0, 4 * MIB);
        CompletableFuture<Void> pressing = run(() -> {
            List<SftpClient.Handle> handles = new ArrayList<>();
            try (SftpClient other = first.sftp()) {
                for (int i = 0; i < 4; i++) {
                    handles.add(other.open("y" + i, SftpClient.OpenMode.Write, SftpClient.OpenMode.Create));
                    write(other, handles.get(i), 0, 4 * MIB);
                }
            }
        });
        GatewayFixture.await("put aside", () -> first.gateway.restingUploads() > 0);
        pressing.join();
        try (GatewayFixture second = new GatewayFixture(GatewayFixture.config(), first.twin);
                SftpClient resuming = second.sftp()) {
            second.keepUploads();
            assertThat(resuming.stat("x").getSize()).isEqualTo(4 * MIB - 1);
            try (SftpClient.CloseableHandle resumed =
                    resuming.open("x", SftpClient.OpenMode.Write, SftpClient.OpenMode.Append)) {
                write(resuming, resumed, 4 * MIB - 1, BYTES.length);
            }
            assertThat(first.twin.snapshot().get("inbound/st-marys/x")).isEqualTo(BYTES);
        } finally {
            first.close();
        }
        assertThat(first.twin.snapshot().get("inbound/st-marys/x")).isEqualTo(BYTES);
    }

    private interface Task {
        void run() throws Exception;
    }

    private static CompletableFuture<Void> run(Task task) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        task.run();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                work -> Thread.ofVirtual().start(work));
    }
}
