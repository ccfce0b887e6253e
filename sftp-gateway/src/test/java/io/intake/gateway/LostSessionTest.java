package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.LIMIT;
import static io.intake.gateway.GatewayFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.store.TransientStoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Half a file under the name of a whole one would be delivered as if the hospital had sent no more. */
class LostSessionTest {
    private static final int MIB = 1 << 20;
    private GatewayFixture fixture;

    @BeforeEach
    void start() throws IOException {
        fixture = new GatewayFixture();
        fixture.keepUploads();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private static SftpClient.CloseableHandle begin(SftpClient client, String path, int size) throws IOException {
        SftpClient.CloseableHandle handle = client.open(path, OpenMode.Write, OpenMode.Create, OpenMode.Truncate);
        byte[] bytes = bytes(32_768, size);
        for (int at = 0; at < size; at += bytes.length) {
            client.write(handle, at, bytes, 0, Math.min(bytes.length, size - at));
        }
        return handle;
    }

    private void assertNothingPublished() {
        GatewayFixture.await("the upload's end", () -> fixture.gateway.openUploads() == 0);
        assertThat(fixture.twin.snapshot().keySet()).allMatch(key -> key.startsWith("parked/"));
        assertThat(fixture.gateway.uploadMemoryInUse()).isZero();
        assertThat(fixture.audit)
                .anyMatch(
                        line -> line.contains("\"outcome\":\"abandoned\"") || line.contains("\"outcome\":\"parked\""));
    }

    @Test
    void aClientThatIsKilledPublishesNothing() throws IOException {
        for (int size : new int[] {0, 1000, 3 * MIB, 20 * MIB}) {
            ClientSession session = fixture.connect();
            begin(GatewayFixture.sftp(session), "x", size);
            assertThat(fixture.gateway.openUploads()).isEqualTo(1);
            // no SSH message any more: the connection goes, as when the process is killed
            session.getIoSession().close(true).await(LIMIT);
            assertNothingPublished();
        }
    }

    @Test
    void aChannelThatIsClosedWithoutTheFilePublishesNothing() throws IOException {
        ClientSession session = fixture.connect();
        SftpClient client = GatewayFixture.sftp(session);
        begin(client, "x", 10 * MIB);
        client.getClientChannel().close(false).await(LIMIT);
        assertNothingPublished();
        session.close();
    }

    private void lose(ClientSession session, int left) throws IOException {
        session.getIoSession().close(true).await(LIMIT);
        GatewayFixture.await("the upload's end", () -> fixture.gateway.openUploads() == left);
    }

    /** A client that the network has lost is back at once; its first session's end is seen much later. */
    @Test
    void whatAnOlderSessionLeavesDoesNotHideTheFileThatTheNewerOneHasStored() throws IOException {
        for (int size : new int[] {1000, 20 * MIB}) {
            ClientSession session = fixture.connect();
            begin(GatewayFixture.sftp(session), "x", size);
            try (SftpClient client = fixture.sftp()) {
                GatewayFixture.put(client, "x", bytes(300_000, 2));
                lose(session, 0);
                assertThat(client.stat("x").getSize()).as("size %d", size).isEqualTo(300_000);
            }
            assertThat(fixture.twin.snapshot().keySet()).containsExactly("inbound/st-marys/x");
            fixture.twin.assertNoOpenUploads();
        }
    }

    @Test
    void whatAnOlderSessionLeavesDoesNotReplaceWhatTheNewerOneHasParked() throws IOException {
        ClientSession older = fixture.connect();
        ClientSession newer = fixture.connect();
        begin(GatewayFixture.sftp(older), "x", 1000);
        begin(GatewayFixture.sftp(newer), "x", 20 * MIB);
        lose(newer, 1);
        lose(older, 0);
        try (SftpClient client = fixture.sftp()) {
            assertThat(client.stat("x").getSize()).isEqualTo(20 * MIB - 1);
        }
    }

    @Test
    void anOlderSessionThatHasWrittenNothingDoesNotDropTheUploadOfTheNewerOne() throws IOException {
        ClientSession older = fixture.connect();
        begin(GatewayFixture.sftp(older), "x", 0);
        byte[] bytes = bytes(30 * MIB, 3);
        try (SftpClient client = fixture.sftp();
                SftpClient.CloseableHandle handle =
                        client.open("x", OpenMode.Write, OpenMode.Create, OpenMode.Truncate)) {
            for (int at = 0; at < bytes.length; at += 32_768) {
                client.write(handle, at, bytes, at, 32_768);
                if (at == 20 * MIB) {
                    lose(older, 1);
                }
            }
        }
        assertThat(fixture.twin.snapshot()).containsOnlyKeys("inbound/st-marys/x");
        assertThat(fixture.twin.snapshot().get("inbound/st-marys/x")).isEqualTo(bytes);
    }

    @Test
    void aGatewayThatStopsPublishesNothingUnfinished() throws IOException {
        ClientSession session = fixture.connect();
        begin(GatewayFixture.sftp(session), "x", 10 * MIB);
        fixture.gateway.stop(Duration.ofMillis(10));
        assertNothingPublished();
    }

    @Test
    void aStoppingGatewayLetsUploadsEnd() throws Exception {
        ClientSession session = fixture.connect();
        SftpClient.CloseableHandle handle = begin(GatewayFixture.sftp(session), "x", 10 * MIB);
        Thread stopping = Thread.ofVirtual().start(() -> fixture.gateway.stop(LIMIT));
        GatewayFixture.await("no new session", () -> {
            try {
                fixture.connect().close();
                return false;
            } catch (IOException refused) {
                return true;
            }
        });
        handle.close();
        stopping.join();
        assertThat(fixture.twin.snapshot().get("inbound/st-marys/x")).hasSize(10 * MIB);
    }

    @Test
    void aSessionLostWhileItWaitsForMemoryGivesUpItsPlace() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        fixture.store.always("uploadPart", FaultyStore.before(() -> awaitQuietly(release)));
        List<ClientSession> sessions = new ArrayList<>();
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            ClientSession session = fixture.connect();
            sessions.add(session);
            SftpClient client = GatewayFixture.sftp(session);
            String name = "f" + i;
            writers.add(Thread.ofVirtual().start(() -> {
                try {
                    begin(client, name, 40 * MIB);
                } catch (IOException expected) {
                    // its session is cut below
                }
            }));
        }
        GatewayFixture.await("memory in use", () -> fixture.gateway.uploadMemoryInUse() > 40L * MIB);
        for (ClientSession session : sessions) {
            session.getIoSession().close(true).await(LIMIT);
        }
        release.countDown();
        for (Thread writer : writers) {
            writer.join();
        }
        assertNothingPublished();
    }

    @Test
    void aFailedStoreIsToldToTheClient() throws IOException {
        try (SftpClient client = fixture.sftp()) {
            fixture.store.always(
                    "completeUpload",
                    FaultyStore.failBefore(() -> new TransientStoreException("completeUpload", "k", "503", null)));
            SftpClient.CloseableHandle handle = begin(client, "x", 9 * MIB);
            assertThatThrownBy(handle::close).hasMessageContaining("could not publish");
            fixture.store.plan(
                    "put",
                    FaultyStore.failBefore(() -> new io.intake.store.PermanentStoreException("put", "k", "403", null)));
            SftpClient.CloseableHandle small = begin(client, "y", 10);
            assertThatThrownBy(small::close).hasMessageContaining("could not publish");
            assertThat(fixture.twin.snapshot()).isEmpty();
            assertThat(fixture.audit).anyMatch(line -> line.contains("\"outcome\":\"failed: the store could not"));
        }
    }

    @Test
    void aCloseIsAnsweredOnlyWhenTheStoreHasTheFileAndHoldsUpNobodyElse() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch storing = new CountDownLatch(1);
        fixture.store.plan("put", FaultyStore.before(() -> {
            storing.countDown();
            awaitQuietly(release);
        }));
        try (SftpClient slow = fixture.sftp();
                SftpClient other = fixture.sftp()) {
            SftpClient.CloseableHandle handle = begin(slow, "slow", 10);
            CountDownLatch closed = new CountDownLatch(1);
            Thread closing = Thread.ofVirtual().start(() -> {
                try {
                    handle.close();
                    closed.countDown();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            assertThat(storing.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 20; i++) {
                GatewayFixture.put(other, "other" + i, bytes(1000, i));
            }
            assertThat(closed.getCount()).isEqualTo(1);
            assertThat(fixture.twin.snapshot()).hasSize(20);
            release.countDown();
            assertThat(closed.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            closing.join();
            assertThat(fixture.twin.snapshot()).hasSize(21);
        }
    }

    @Test
    void fiftySlowUploadsStayWithinTheMemoryAndAllEnd() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        fixture.store.always("put", FaultyStore.before(() -> awaitQuietly(release)));
        List<Thread> writers = new ArrayList<>();
        List<ClientSession> sessions = new ArrayList<>();
        for (int s = 0; s < 10; s++) {
            ClientSession session = fixture.connect();
            sessions.add(session);
            for (int c = 0; c < 5; c++) {
                SftpClient client = GatewayFixture.sftp(session);
                String name = "f" + s + "-" + c;
                writers.add(Thread.ofVirtual().start(() -> {
                    try {
                        begin(client, name, 3 * MIB).close();
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                }));
            }
        }
        GatewayFixture.await("memory is short", () -> fixture.gateway.uploadMemoryInUse() >= 50L * MIB);
        assertThat(fixture.gateway.uploadMemoryInUse()).isLessThanOrEqualTo(64L * MIB);
        release.countDown();
        for (Thread writer : writers) {
            writer.join();
            assertThat(fixture.gateway.uploadMemoryInUse()).isLessThanOrEqualTo(64L * MIB);
        }
        assertThat(fixture.twin.snapshot())
                .hasSize(50)
                .allSatisfy((_, bytes) -> assertThat(bytes).hasSize(3 * MIB));
        for (ClientSession session : sessions) {
            session.close();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            if (!latch.await(3 * LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("never released");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
