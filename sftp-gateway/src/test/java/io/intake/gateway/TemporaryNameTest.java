package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.LIMIT;
import static io.intake.gateway.GatewayFixture.bytes;
import static io.intake.gateway.GatewayFixture.get;
import static io.intake.gateway.GatewayFixture.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.bucket.Renamed;
import io.intake.bucket.Withheld;
import io.intake.config.Configuration;
import io.intake.config.Partner;
import io.intake.config.Permission;
import io.intake.store.Content;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHPosixRenameExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A file that is processed before its client has given it its name is half a file, or somebody else's. */
class TemporaryNameTest {
    private static final int MIB = 1 << 20;
    private static final String FINAL = "inbound/st-marys/x.zip";
    private static final byte[] BYTES = bytes(20 * MIB + 77, 1);

    private final InMemoryObjectStore bucket = new InMemoryObjectStore(InstantSource.system());
    private GatewayFixture gateway;
    private GatewayFixture other;
    private SftpClient client;

    @BeforeEach
    void start() throws IOException {
        gateway = new GatewayFixture(GatewayFixture.config(), bucket);
        other = new GatewayFixture(GatewayFixture.config(), bucket);
        client = gateway.sftp();
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        gateway.close();
        other.close();
    }

    private List<String> names(String path) throws IOException {
        List<String> names = new ArrayList<>();
        client.readDir(path).forEach(entry -> names.add(entry.getFilename()));
        return names;
    }

    private void assertOnly(String key, byte[] bytes) {
        assertThat(bucket.snapshot()).containsOnlyKeys(key);
        assertThat(Arrays.equals(bucket.snapshot().get(key), bytes)).isTrue();
        bucket.assertNoOpenUploads();
    }

    private void assertNothingPublished() {
        assertThat(bucket.snapshot().keySet()).noneMatch(key -> key.startsWith("inbound/"));
    }

    private void posixRename(String from, String to) throws IOException {
        client.getExtension(OpenSSHPosixRenameExtension.class).posixRename(from, to);
    }

    @Test
    void aLargeFileIsPublishedByItsRenameWithoutACopyWhateverTheClientsTemporaryName() throws IOException {
        // WinSCP, rclone, lftp, scripts; sizes with and without a tail below a part
        String[] names = {"x.zip.filepart", "x.zip.1f0c9e2a.partial", ".in.x.zip", "x.zip.tmp", "x.zip.PART"};
        int[] sizes = {20 * MIB + 77, 16 * MIB, 22 * MIB + 1, 9 * MIB, 24 * MIB + 7 * MIB};
        for (int i = 0; i < names.length; i++) {
            byte[] bytes = bytes(sizes[i], i);
            put(client, names[i], bytes);
            assertNothingPublished();
            assertThat(names("/inbound")).as(names[i]).containsExactly(names[i]);
            assertThat(client.stat(names[i]).getSize()).as(names[i]).isEqualTo(bytes.length);
            assertThat(client.readDir("/inbound")
                            .iterator()
                            .next()
                            .getAttributes()
                            .getSize())
                    .isEqualTo(bytes.length);
            String name = names[i];
            assertThatThrownBy(() -> client.stat("x.zip")).hasMessageContaining("no such file");
            assertThatThrownBy(() -> get(client, name)).hasMessageContaining("rename it");
            gateway.store.resetCalls();
            client.rename(names[i], "x.zip");
            assertThat(gateway.store.calls("copy")).isZero();
            assertThat(gateway.store.calls("completeUpload")).isEqualTo(1);
            assertOnly(FINAL, bytes);
            assertThat(get(client, "x.zip")).isEqualTo(bytes);
            assertThatThrownBy(() -> client.rename(name, "x.zip")).hasMessageContaining("already");
            client.remove("x.zip");
        }
    }

    @Test
    void aSmallFileIsCopiedToItsFinalName() throws IOException {
        byte[] small = bytes(100_000, 1);
        put(client, "x.zip.filepart", small);
        assertThat(bucket.snapshot()).containsOnlyKeys("uploads/st-marys/inbound/x.zip.filepart");
        assertThat(get(client, "x.zip.filepart")).isEqualTo(small);
        client.rename("x.zip.filepart", "x.zip");
        assertOnly(FINAL, small);
    }

    private boolean isRenamed(String name) {
        return Renamed.is(bucket.head("inbound/st-marys/" + name).orElseThrow().metadata());
    }

    @Test
    void ofAnObjectItIsKnownWhetherItCameToItsNameByARename() throws IOException {
        put(client, "plain.csv", bytes(1_000, 1));
        put(client, "large.zip", bytes(9 * MIB, 2));
        assertThat(isRenamed("plain.csv")).isFalse();
        assertThat(isRenamed("large.zip")).isFalse();

        put(client, "small.csv.filepart", bytes(1_000, 3));
        put(client, "held.zip.filepart", bytes(9 * MIB, 4));
        put(client, "other.zip.filepart", bytes(9 * MIB, 5));
        client.rename("small.csv.filepart", "small.csv");
        client.rename("held.zip.filepart", "held.zip");
        client.rename("other.zip.filepart", "another.zip");
        client.rename("large.zip", "moved.zip");
        for (String name : List.of("small.csv", "held.zip", "another.zip", "moved.zip")) {
            assertThat(isRenamed(name)).as(name).isTrue();
        }
        assertThat(bucket.head("inbound/st-marys/moved.zip").orElseThrow().metadata())
                .containsKeys("upload-id");

        for (String name : List.of("small.csv", "held.zip")) {
            put(client, name, bytes(2_000, 6));
            assertThat(isRenamed(name)).as("put over " + name).isFalse();
        }
    }

    @Test
    void closeAndRenameCanBeSentInOneGo() throws Exception {
        // as WinSCP does: the answers are waited for later
        SftpClient.CloseableHandle handle =
                client.open("x.zip.filepart", OpenMode.Write, OpenMode.Create, OpenMode.Truncate);
        for (int at = 0; at < BYTES.length; at += 32_768) {
            client.write(handle, at, BYTES, at, Math.min(32_768, BYTES.length - at));
        }
        Thread closing = Thread.ofVirtual().start(() -> {
            try {
                handle.close();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        GatewayFixture.await("the file's end", () -> {
            try {
                client.rename("x.zip.filepart", "x.zip");
                return true;
            } catch (IOException notClosedYet) {
                return false;
            }
        });
        closing.join();
        assertOnly(FINAL, BYTES);
    }

    @Test
    void aFileThatIsNotClosedIsNotPublished() throws IOException {
        ClientSession session = gateway.connect();
        SftpClient writer = GatewayFixture.sftp(session);
        SftpClient.CloseableHandle handle =
                writer.open("x.zip.filepart", OpenMode.Write, OpenMode.Create, OpenMode.Truncate);
        for (int at = 0; at < BYTES.length; at += 32_768) {
            writer.write(handle, at, BYTES, at, Math.min(32_768, BYTES.length - at));
        }
        assertThatThrownBy(() -> client.rename("x.zip.filepart", "x.zip")).hasMessageContaining("not whole");
        assertThat(client.stat("x.zip.filepart").getSize())
                .as("what is durable, while it is open")
                .isEqualTo(16 * MIB);
        session.getIoSession().close(true).await(LIMIT);
        GatewayFixture.await("the upload's end", () -> gateway.gateway.openUploads() == 0);
        assertThatThrownBy(() -> client.rename("x.zip.filepart", "x.zip")).hasMessageContaining("not whole");
        assertThatThrownBy(() -> client.rename("x.zip.filepart", "y.zip")).hasMessageContaining("not whole");
        assertThatThrownBy(() -> client.stat("x.zip"))
                .as("parts of the temporary name are no partial of the final one")
                .hasMessageContaining("no such file");
        assertThat(names("/inbound")).containsExactly("x.zip.filepart");
        // WinSCP goes on: WRITE|CREAT, no TRUNC; on another gateway
        try (SftpClient resuming = other.sftp()) {
            int size = (int) resuming.lstat("x.zip.filepart").getSize();
            assertThat(size).isEqualTo(BYTES.length - 1);
            try (SftpClient.CloseableHandle again = resuming.open("x.zip.filepart", OpenMode.Write, OpenMode.Create)) {
                resuming.write(again, size, BYTES, size, BYTES.length - size);
            }
            resuming.rename("x.zip.filepart", "x.zip");
        }
        assertOnly(FINAL, BYTES);
    }

    @Test
    void aClosedFileCanBeAddedToOrLeftAsItIs() throws IOException {
        byte[] start = Arrays.copyOf(BYTES, 10 * MIB + 5);
        put(client, "x.zip.filepart", start);
        try (SftpClient resuming = other.sftp()) {
            // nothing to send: WinSCP lost its session between CLOSE and RENAME
            SftpClient.CloseableHandle left = resuming.open("x.zip.filepart", OpenMode.Write, OpenMode.Create);
            assertThat(resuming.stat(left).getSize()).isEqualTo(start.length);
            assertThatThrownBy(() -> client.rename("x.zip.filepart", "x.zip"))
                    .as("somebody has it open")
                    .hasMessageContaining("not whole");
            left.close();
            assertThat(client.stat("x.zip.filepart").getSize()).isEqualTo(start.length);
            SftpClient.CloseableHandle again = resuming.open("x.zip.filepart", OpenMode.Write);
            resuming.write(again, start.length, BYTES, start.length, BYTES.length - start.length);
            again.close();
        }
        assertThat(client.stat("x.zip.filepart").getSize()).isEqualTo(BYTES.length);
        client.rename("x.zip.filepart", "x.zip");
        assertOnly(FINAL, BYTES);
    }

    @Test
    void anOlderSessionsSmallFileDoesNotHideTheLargeOneThatTheNewerOneHasClosed() throws IOException {
        try (SftpClient older = gateway.sftp()) {
            SftpClient.CloseableHandle handle =
                    older.open("x.zip.filepart", OpenMode.Write, OpenMode.Create, OpenMode.Truncate);
            older.write(handle, 0, BYTES, 0, 1000);
            put(client, "x.zip.filepart", BYTES);
            assertThatThrownBy(handle::close).hasMessageContaining("another session has stored this file");
        }
        client.rename("x.zip.filepart", "x.zip");
        assertOnly(FINAL, BYTES);
    }

    @Test
    void aClosedFileStaysWhereASessionThatWasToReplaceItIsLostBeforeItHasWritten() throws IOException {
        put(client, "x.zip.filepart", BYTES);
        ClientSession session = gateway.connect();
        SftpClient.CloseableHandle ignored =
                GatewayFixture.sftp(session).open("x.zip.filepart", OpenMode.Write, OpenMode.Create, OpenMode.Truncate);
        session.getIoSession().close(true).await(LIMIT);
        GatewayFixture.await("the upload's end", () -> gateway.gateway.openUploads() == 0);
        client.rename("x.zip.filepart", "x.zip");
        assertOnly(FINAL, BYTES);
    }

    @Test
    void aTemporaryFileIsReplacedByALargerOrASmallerOneAndRemoved() throws IOException {
        byte[] small = bytes(1000, 2);
        put(client, "x.zip.tmp", small);
        put(client, "x.zip.tmp", BYTES);
        assertThat(client.stat("x.zip.tmp").getSize()).isEqualTo(BYTES.length);
        assertThat(bucket.snapshot().keySet()).noneMatch(key -> key.startsWith("uploads/"));
        byte[] larger = bytes(23 * MIB, 3);
        put(client, "x.zip.tmp", larger);
        assertThat(client.stat("x.zip.tmp").getSize()).isEqualTo(larger.length);
        put(client, "x.zip.tmp", small);
        assertThat(client.stat("x.zip.tmp").getSize()).isEqualTo(small.length);
        client.rename("x.zip.tmp", "x.zip");
        assertOnly(FINAL, small);
        assertThat(names("/inbound")).containsExactly("x.zip");
        put(client, "y.zip.tmp", larger);
        client.remove("y.zip.tmp");
        assertThatThrownBy(() -> client.stat("y.zip.tmp")).hasMessageContaining("no such file");
        assertOnly(FINAL, small);
    }

    @Test
    void anotherNameThanTheExpectedOneIsNeverPublishedWrongly() throws IOException {
        put(client, "x.zip.tmp", BYTES);
        gateway.store.plan("copy", FaultyStore.before(() -> {
            var object = bucket.head(FINAL).orElseThrow();
            assertThat(bucket.head(
                            Withheld.mark("st-marys", FINAL, object.metadata()).orElseThrow()))
                    .as("while the object has the expected name no job may be opened for it")
                    .isPresent();
        }));
        client.rename("x.zip.tmp", "y.csv");
        assertOnly("inbound/st-marys/y.csv", BYTES);
        assertThat(names("/inbound")).containsExactly("y.csv");

        // to another temporary name, then to a final one
        put(client, "x.zip.tmp", BYTES);
        client.rename("x.zip.tmp", "z.part");
        assertThat(names("/inbound")).containsExactly("y.csv", "z.part");
        client.rename("z.part", "x.zip");
        client.remove("y.csv");
        assertOnly(FINAL, BYTES);
    }

    @Test
    void aFileOfTheExpectedNameIsNotTouchedByARenameToAnotherOne() throws IOException {
        byte[] earlier = bytes(1000, 5);
        put(client, "x.zip", earlier);
        put(client, "x.zip.tmp", BYTES);
        assertThat(get(client, "x.zip")).isEqualTo(earlier);
        assertThatThrownBy(() -> client.rename("x.zip.tmp", "y.csv")).hasMessageContaining("that name only");
        assertThat(get(client, "x.zip")).isEqualTo(earlier);
        assertThat(client.stat("x.zip.tmp").getSize()).isEqualTo(BYTES.length);
        client.remove("x.zip");
        client.rename("x.zip.tmp", "y.csv");
        assertOnly("inbound/st-marys/y.csv", BYTES);
    }

    @Test
    void anExistingFileIsReplacedOnlyByPosixRename() throws IOException {
        byte[] earlier = bytes(1000, 5);
        put(client, "x.zip", earlier);
        put(client, "x.zip.filepart", BYTES);
        assertThatThrownBy(() -> client.rename("x.zip.filepart", "x.zip")).hasMessageContaining("a file has that name");
        // one that comes in between is not replaced either
        client.remove("x.zip");
        gateway.store.plan(
                "completeUpload",
                FaultyStore.before(
                        () -> bucket.put(PutRequest.of(FINAL, Content.of(earlier), "application/octet-stream"))));
        assertThatThrownBy(() -> client.rename("x.zip.filepart", "x.zip")).hasMessageContaining("a file has that name");
        assertThat(get(client, "x.zip")).isEqualTo(earlier);
        posixRename("x.zip.filepart", "x.zip");
        assertOnly(FINAL, BYTES);
    }

    @Test
    void aPartnerThatMayNotOverwriteCanReplaceNothing() throws IOException {
        byte[] earlier = bytes(1000, 5);
        put(client, "x.zip", earlier);
        Partner may = gateway.configuration.partners().getFirst();
        EnumSet<Permission> permissions = EnumSet.complementOf(EnumSet.of(Permission.OVERWRITE));
        gateway.configuration = new Configuration(
                List.of(new Partner(may.id(), may.login(), may.quota(), permissions, may.feeds())), Map.of(), null);
        try (SftpClient limited = gateway.sftp()) {
            put(limited, "x.zip.filepart", BYTES);
            assertThatThrownBy(() -> limited.getExtension(OpenSSHPosixRenameExtension.class)
                            .posixRename("x.zip.filepart", "x.zip"))
                    .hasMessageContaining("a file has that name");
            bucket.delete(FINAL);
            limited.rename("x.zip.filepart", "x.zip");
        }
        assertOnly(FINAL, BYTES);
    }
}
