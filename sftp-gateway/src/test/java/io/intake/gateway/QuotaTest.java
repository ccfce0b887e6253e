package io.intake.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.config.Configuration;
import io.intake.config.Partner;
import io.intake.config.Quota;
import io.intake.store.Content;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.TransientStoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.extensions.CopyDataExtension;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHStatExtensionInfo;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHStatPathExtension;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One hospital that fills the bucket, or the line, does so at the cost of all others. */
class QuotaTest {
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

    private void quota(@Nullable Long bytes, @Nullable Integer files, @Nullable Long rate) {
        List<Partner> partners = new ArrayList<>();
        for (Partner partner : fixture.configuration.partners()) {
            partners.add(
                    partner.id().equals(GatewayFixture.PARTNER)
                            ? new Partner(
                                    partner.id(),
                                    partner.login(),
                                    new Quota(null, bytes, files, rate),
                                    partner.permissions(),
                                    partner.feeds())
                            : partner);
        }
        fixture.configuration = new Configuration(partners, Map.of(), null);
    }

    /** What another gateway or a processor does. */
    private void storeElsewhere(String key, int size) {
        fixture.twin.put(new PutRequest(
                key, Content.of(new byte[size]), "application/octet-stream", Map.of(), Precondition.ALWAYS));
    }

    @Test
    void anUploadThatCrossesTheQuotaFailsAtThatWriteAndIsNotPublished() throws Exception {
        quota(20L * MIB, null, null);
        storeElsewhere("inbound/st-marys/old", 5 * MIB);
        storeElsewhere("inbound/mercy/not-mine", 50 * MIB);
        try (SftpClient client = fixture.sftp()) {
            GatewayFixture.put(client, "fits", GatewayFixture.bytes(6 * MIB, 1));
            assertThatThrownBy(() -> GatewayFixture.put(client, "crosses", GatewayFixture.bytes(10 * MIB, 2)))
                    .hasMessageContaining("quota of 20 MiB is used up");
            assertThat(fixture.twin.snapshot()).doesNotContainKey("inbound/st-marys/crosses");
            GatewayFixture.put(client, "fits-too", GatewayFixture.bytes(9 * MIB, 3));
            assertThatThrownBy(() -> GatewayFixture.put(client, "no-room", new byte[1]))
                    .hasMessageContaining("quota of 20 MiB is used up: delete files");
            client.remove("old");
            GatewayFixture.put(client, "room-again", GatewayFixture.bytes(5 * MIB, 4));
        }
        assertThat(fixture.audit).anyMatch(line -> line.contains("failed: quota of 20 MiB is used up"));
    }

    @Test
    void allSessionsOfAPartnerShareTheQuotaAndOtherPartnersHaveTheirOwn() throws Exception {
        quota(8L * MIB, null, null);
        try (SftpClient first = fixture.sftp();
                SftpClient second = fixture.sftp();
                ClientSession other = fixture.connect(GatewayFixture.OTHER, fixture.otherKey);
                SftpClient unlimited = GatewayFixture.sftp(other)) {
            SftpClient.CloseableHandle open =
                    first.open("unfinished", SftpClient.OpenMode.Write, SftpClient.OpenMode.Create);
            byte[] bytes = new byte[32_768];
            for (int at = 0; at < 6 * MIB; at += bytes.length) {
                first.write(open, at, bytes);
            }
            assertThatThrownBy(() -> GatewayFixture.put(second, "x", new byte[3 * MIB]))
                    .as("what is being written counts")
                    .hasMessageContaining("used up");
            GatewayFixture.put(unlimited, "x", new byte[30 * MIB]);
            open.close();
            GatewayFixture.put(second, "y", new byte[2 * MIB]);
        }
    }

    @Test
    void aFileUnderATemporaryNameCountsOnceWhileItIsWrittenAndHeld() throws Exception {
        fixture.keepUploads();
        quota(30L * MIB, 3, null);
        storeElsewhere("inbound/st-marys/old", 10 * MIB);
        try (SftpClient client = fixture.sftp();
                SftpClient other = fixture.sftp()) {
            SftpClient.CloseableHandle open =
                    client.open("big.zip.filepart", SftpClient.OpenMode.Write, SftpClient.OpenMode.Create);
            byte[] bytes = new byte[32_768];
            for (int at = 0; at < 17 * MIB; at += bytes.length) {
                client.write(open, at, bytes);
            }
            other.remove("old");
            GatewayFixture.put(other, "y", new byte[12 * MIB]);
            open.close();
            other.remove("y");
            GatewayFixture.put(other, "z", new byte[12 * MIB]);
            client.rename("big.zip.filepart", "big.zip");
        }
    }

    @Test
    void aClosedFileThatIsRefusedToBeAddedToCanStillBeRenamed() throws Exception {
        byte[] bytes = GatewayFixture.bytes(9 * MIB, 1);
        try (SftpClient client = fixture.sftp()) {
            GatewayFixture.put(client, "x.part", bytes);
            quota(1L * MIB, null, null);
            assertThatThrownBy(() -> client.open("x.part", SftpClient.OpenMode.Write))
                    .hasMessageContaining("used up");
            client.rename("x.part", "x");
        }
        assertThat(fixture.twin.snapshot().get("inbound/st-marys/x")).isEqualTo(bytes);
    }

    /** Nothing of it comes over the line, all of it lies in the bucket. */
    @Test
    void whatIsCopiedInsideTheGatewayCountsAndIsRefusedLikeAnUpload() throws Exception {
        quota(20L * MIB, null, null);
        try (SftpClient client = fixture.sftp()) {
            GatewayFixture.put(client, "a", GatewayFixture.bytes(7 * MIB, 1));
            copy(client, "a", "b");
            assertThatThrownBy(() -> copy(client, "a", "c")).hasMessageContaining("quota of 20 MiB is used up");
            assertThatThrownBy(() -> GatewayFixture.put(client, "d", new byte[7 * MIB]))
                    .hasMessageContaining("used up");
            GatewayFixture.put(client, "e", new byte[6 * MIB]);
        }
        assertThat(fixture.twin.snapshot())
                .containsOnlyKeys("inbound/st-marys/a", "inbound/st-marys/b", "inbound/st-marys/e");
    }

    private static void copy(SftpClient client, String from, String to) throws IOException {
        try (SftpClient.CloseableHandle source = client.open(from, SftpClient.OpenMode.Read);
                SftpClient.CloseableHandle target =
                        client.open(to, SftpClient.OpenMode.Write, SftpClient.OpenMode.Create)) {
            client.getExtension(CopyDataExtension.class).copyData(source, 0, 0, target, 0);
        }
    }

    /** It is a copy inside the store, and of the two files one goes. */
    @Test
    void aRenamedFileCountsOnce() throws Exception {
        quota(10L * MIB, 2, null);
        try (SftpClient client = fixture.sftp()) {
            GatewayFixture.put(client, "a", GatewayFixture.bytes(7 * MIB, 1));
            for (int i = 0; i < 3; i++) {
                client.rename("a", "b");
                client.rename("b", "a");
            }
            GatewayFixture.put(client, "c", new byte[3 * MIB]);
            assertThatThrownBy(() -> GatewayFixture.put(client, "d", new byte[1]))
                    .hasMessageContaining("used up");
        }
    }

    @Test
    void aFileTooManyIsRefusedAtOpenButOneThatIsThereMayBeReplaced() throws Exception {
        quota(null, 2, null);
        storeElsewhere("inbound/st-marys/folder/", 0);
        storeElsewhere("inbound/st-marys/a", 3);
        try (SftpClient client = fixture.sftp()) {
            GatewayFixture.put(client, "b", new byte[3]);
            assertThatThrownBy(() -> GatewayFixture.put(client, "c", new byte[3]))
                    .hasMessageContaining("quota of 2 files is used up: delete some");
            GatewayFixture.put(client, "a", new byte[4]);
            client.remove("b");
            GatewayFixture.put(client, "c", new byte[3]);
        }
    }

    @Test
    void replacingOneFileOverAndOverUsesItsSizeOnce() throws Exception {
        quota(10L * MIB, 5, null);
        try (SftpClient client = fixture.sftp()) {
            GatewayFixture.put(client, "daily", new byte[4 * MIB]);
            // within the 30 s in which a count is believed, what was replaced counts until something is deleted
            GatewayFixture.put(client, "daily", new byte[4 * MIB]);
            client.mkdir("somewhere");
            for (int i = 0; i < 5; i++) {
                GatewayFixture.put(client, "daily", new byte[4 * MIB]);
                client.mkdir("somewhere" + i);
            }
        }
    }

    @Test
    void dfShowsTheQuota() throws Exception {
        quota(20L * MIB, 10, null);
        storeElsewhere("inbound/st-marys/old", 5 * MIB);
        try (SftpClient client = fixture.sftp()) {
            OpenSSHStatPathExtension df = client.getExtension(OpenSSHStatPathExtension.class);
            OpenSSHStatExtensionInfo space = df.stat("/inbound");
            assertThat(space.f_blocks * space.f_frsize).isEqualTo(20L * MIB);
            assertThat(space.f_bavail * space.f_frsize).isEqualTo(15L * MIB);
            assertThat(space.f_files).isEqualTo(10);
            assertThat(space.f_favail).isEqualTo(9);
            quota(null, null, null);
            assertThat(df.stat("/inbound").f_blocks).isEqualTo((1L << 50) / 4096);
        }
    }

    @Test
    void whatLostSessionsLeftCounts() throws Exception {
        fixture.keepUploads();
        quota(10L * MIB, null, null);
        ClientSession session = fixture.connect();
        SftpClient lost = GatewayFixture.sftp(session);
        SftpClient.Handle handle = lost.open("x", SftpClient.OpenMode.Write, SftpClient.OpenMode.Create);
        byte[] bytes = new byte[32_768];
        for (int at = 0; at < 9 * MIB; at += bytes.length) {
            lost.write(handle, at, bytes);
        }
        session.getIoSession().close(true).await(GatewayFixture.LIMIT);
        GatewayFixture.await("parked", () -> fixture.gateway.openUploads() == 0);
        try (SftpClient client = fixture.sftp()) {
            assertThatThrownBy(() -> GatewayFixture.put(client, "y", new byte[3 * MIB]))
                    .hasMessageContaining("used up");
            client.remove("x");
            GatewayFixture.put(client, "y", new byte[3 * MIB]);
        }
    }

    @Test
    void aStoreThatCannotBeListedStopsNobody() throws Exception {
        quota(MIB * 10L, null, null);
        fixture.store.always(
                "listUploads",
                FaultyStore.failBefore(() -> new TransientStoreException("listUploads", "k", "503", null)));
        try (SftpClient client = fixture.sftp()) {
            GatewayFixture.put(client, "x", new byte[MIB]);
        }
        assertThat(fixture.twin.snapshot()).containsKey("inbound/st-marys/x");
    }

    @Test
    void countingTakesOneRequestPerThousandFilesAndHappensOnce() throws Exception {
        for (int i = 0; i < 2_500; i++) {
            storeElsewhere("inbound/st-marys/many/%05d".formatted(i), 1);
        }
        try (SftpClient client = fixture.sftp()) {
            GatewayFixture.put(client, "f", new byte[10]);
            int without = callsOfFivePuts(client);
            quota(100L * MIB, 5_000, null);
            assertThat(callsOfFivePuts(client) - without)
                    .as("3 pages of files, 1 of temporary names, 1 of what is parked, 3 of unfinished uploads")
                    .isEqualTo(8);
            assertThat(callsOfFivePuts(client)).isEqualTo(without);
        }
    }

    private int callsOfFivePuts(SftpClient client) throws IOException {
        fixture.store.resetCalls();
        for (int i = 0; i < 5; i++) {
            GatewayFixture.put(client, "f" + i, new byte[10]);
        }
        return fixture.store.calls();
    }

    @Test
    void theUploadRateIsSharedByAllSessionsOfAPartnerAndSlowsDownNobodyElse() throws Exception {
        quota(null, null, 20L << 10);
        List<CompletableFuture<Void>> slow = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            String name = "slow" + i;
            slow.add(CompletableFuture.runAsync(() -> {
                try (SftpClient client = fixture.sftp()) {
                    GatewayFixture.put(client, name, new byte[3 * MIB]);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }));
        }
        try (ClientSession other = fixture.connect(GatewayFixture.OTHER, fixture.otherKey);
                SftpClient client = GatewayFixture.sftp(other)) {
            GatewayFixture.put(client, "fast", new byte[10 * MIB]);
        }
        assertThat(slow).as("6 MiB at 20 KiB/s").noneMatch(CompletableFuture::isDone);
        quota(null, null, null);
        slow.forEach(CompletableFuture::join);
        assertThat(fixture.twin.snapshot().get("inbound/st-marys/slow1")).hasSize(3 * MIB);
    }
}
