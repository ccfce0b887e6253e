package io.intake.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.store.Content;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.sftp.client.SftpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that stop in the middle of a download, or that list a folder of years, must cost the others nothing. */
class ManyDownloadsTest {
    private static final int MIB = 1 << 20;
    private GatewayFixture fixture;

    @BeforeEach
    void start() throws IOException {
        fixture = new GatewayFixture();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void downloadsThatStandStillLeaveTheStoresConnectionsToOthersAndGoOnLater() throws Exception {
        byte[] bytes = GatewayFixture.bytes(3 * MIB, 1);
        AtomicInteger mostOpen = new AtomicInteger();
        fixture.store.always(
                "read", FaultyStore.before(() -> mostOpen.accumulateAndGet(fixture.gateway.openReads(), Math::max)));
        List<ClientSession> sessions = new ArrayList<>();
        List<SftpClient> clients = new ArrayList<>();
        List<SftpClient.Handle> handles = new ArrayList<>();
        try (SftpClient writer = fixture.sftp()) {
            GatewayFixture.put(writer, "x", bytes);
        }
        for (int s = 0; s < 10; s++) {
            ClientSession session = fixture.connect();
            sessions.add(session);
            SftpClient client = GatewayFixture.sftp(session);
            for (int h = 0; h < 10; h++) {
                clients.add(client);
                handles.add(client.open("x", SftpClient.OpenMode.Read));
            }
        }
        byte[] buffer = new byte[32_768];
        for (int i = 0; i < handles.size(); i++) {
            assertThat(clients.get(i).read(handles.get(i), 0, buffer, 0, buffer.length))
                    .isEqualTo(buffer.length);
        }
        GatewayFixture.await("no request waits for a client", () -> fixture.gateway.openReads() == 0);
        assertThat(fixture.gateway.downloadMemoryInUse()).isBetween(1L, 8L * MIB);
        try (SftpClient reader = fixture.sftp()) {
            assertThat(GatewayFixture.get(reader, "x")).isEqualTo(bytes);
        }
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int s = 0; s < 10; s++) {
            int first = s * 10;
            all.add(CompletableFuture.runAsync(
                    () -> {
                        try {
                            byte[] part = new byte[200_000];
                            for (int at = 32_768; at < 400_000; at += part.length) {
                                for (int h = first; h < first + 10; h++) {
                                    int count = clients.get(h).read(handles.get(h), at, part, 0, part.length);
                                    assertThat(part).startsWith(java.util.Arrays.copyOfRange(bytes, at, at + count));
                                }
                            }
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    },
                    task -> Thread.ofVirtual().start(task)));
        }
        all.forEach(CompletableFuture::join);
        assertThat(mostOpen).hasValueLessThanOrEqualTo(32);
        for (ClientSession session : sessions) {
            session.close();
        }
        GatewayFixture.await(
                "all given back", () -> fixture.gateway.openReads() == 0 && fixture.gateway.downloadMemoryInUse() == 0);
    }

    @Test
    void aFolderOfAHundredThousandFilesIsListedPageByPage() throws Exception {
        int files = 100_000;
        Content empty = Content.of(new byte[0]);
        for (int i = 0; i < files; i++) {
            fixture.twin.put(new PutRequest(
                    "inbound/st-marys/years/%06d".formatted(i), empty, "text/csv", Map.of(), Precondition.ALWAYS));
        }
        try (SftpClient client = fixture.sftp()) {
            fixture.store.resetCalls();
            int listed = 0;
            int most = 0;
            try (SftpClient.CloseableHandle folder = client.openDir("years")) {
                int first = fixture.store.calls();
                assertThat(first).as("requests before the first entry").isLessThan(8);
                for (List<SftpClient.DirEntry> page = client.readDir(folder);
                        page != null;
                        page = client.readDir(folder)) {
                    listed += (int) page.stream()
                            .filter(entry -> !entry.getFilename().startsWith("."))
                            .count();
                    most = Math.max(most, fixture.store.calls() - first - listed / 1000);
                }
                assertThat(most).as("pages read ahead of the client").isLessThanOrEqualTo(1);
                assertThat(fixture.store.calls() - first).isEqualTo(files / 1000 - 1);
            }
            assertThat(listed).isEqualTo(files);
        }
    }
}
