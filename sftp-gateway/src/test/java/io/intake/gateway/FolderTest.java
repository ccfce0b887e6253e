package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.bytes;
import static io.intake.gateway.GatewayFixture.get;
import static io.intake.gateway.GatewayFixture.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.store.Content;
import io.intake.store.PutRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHPosixRenameExtension;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A name that means one file to the partner and another to the bucket loses one of the two. */
class FolderTest {
    private GatewayFixture fixture;
    private SftpClient client;

    @BeforeEach
    void start() throws IOException {
        fixture = new GatewayFixture();
        client = fixture.sftp();
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        fixture.close();
    }

    private List<String> list(String path) throws IOException {
        List<String> names = new ArrayList<>();
        client.readDir(path).forEach(entry -> names.add(entry.getFilename()));
        return names;
    }

    private static void assertStatus(int status, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SftpException.class, e -> assertThat(e.getStatus()).isEqualTo(status));
    }

    @Test
    void aSessionBeginsInInboundAndTheRootHoldsTwoFolders() throws IOException {
        assertThat(client.canonicalPath(".")).isEqualTo("/inbound");
        assertThat(client.canonicalPath("a/../b")).isEqualTo("/inbound/b");
        assertThat(client.canonicalPath("../../..")).isEqualTo("/");
        assertThat(list("/")).containsExactly("inbound", "outbound");
        assertThat(list("/inbound")).isEmpty();
        assertThat(client.stat("/").isDirectory()).isTrue();
        assertThat(client.stat("/outbound").isDirectory()).isTrue();
        assertStatus(SftpConstants.SSH_FX_NO_SUCH_FILE, () -> client.stat("/etc/passwd"));
    }

    @Test
    void onlyBelowInboundCanBeWritten() throws IOException {
        fixture.twin.put(
                PutRequest.of("outbound/st-marys/receipts/r.json", Content.of(new byte[3]), "application/json"));
        assertThat(get(client, "/outbound/receipts/r.json")).hasSize(3);
        assertStatus(SftpConstants.SSH_FX_PERMISSION_DENIED, () -> put(client, "/outbound/x", new byte[1]));
        assertStatus(SftpConstants.SSH_FX_PERMISSION_DENIED, () -> put(client, "/x", new byte[1]));
        assertStatus(SftpConstants.SSH_FX_PERMISSION_DENIED, () -> client.mkdir("/x"));
        assertStatus(SftpConstants.SSH_FX_PERMISSION_DENIED, () -> client.mkdir("/outbound/x"));
        assertStatus(SftpConstants.SSH_FX_PERMISSION_DENIED, () -> client.rmdir("/inbound"));
        assertStatus(SftpConstants.SSH_FX_PERMISSION_DENIED, () -> client.remove("/inbound"));
        assertStatus(
                SftpConstants.SSH_FX_PERMISSION_DENIED,
                () -> client.rename("/outbound/receipts/r.json", "/inbound/r.json"));
        client.remove("/outbound/receipts/r.json");
        assertThat(fixture.twin.snapshot()).isEmpty();
    }

    @Test
    void foldersAreMadeFilledEmptiedAndRemoved() throws IOException {
        client.mkdir("d");
        client.mkdir("d/e");
        assertThat(list("d")).containsExactly("e");
        assertThat(client.stat("d/e").isDirectory()).isTrue();
        assertStatus(SftpConstants.SSH_FX_FAILURE, () -> client.mkdir("d"));
        put(client, "d/e/x", new byte[1]);
        put(client, "d/e/y.tmp", new byte[1]);
        assertThat(list("d/e")).containsExactly("x", "y.tmp");
        assertStatus(SftpConstants.SSH_FX_FAILURE, () -> client.rmdir("d/e"));
        client.remove("d/e/x");
        assertStatus(SftpConstants.SSH_FX_FAILURE, () -> client.rmdir("d/e"));
        client.remove("d/e/y.tmp");
        client.rmdir("d/e");
        client.rmdir("d");
        assertStatus(SftpConstants.SSH_FX_NO_SUCH_FILE, () -> client.openDir("d"));
        assertStatus(SftpConstants.SSH_FX_NO_SUCH_FILE, () -> client.rmdir("d"));
        assertThat(fixture.twin.snapshot()).isEmpty();
    }

    @Test
    void aFileNeedsAFolderAndNoNameIsBothFileAndFolder() throws IOException {
        assertStatus(SftpConstants.SSH_FX_NO_SUCH_FILE, () -> put(client, "none/x", new byte[1]));
        assertStatus(SftpConstants.SSH_FX_NO_SUCH_FILE, () -> client.mkdir("none/x"));
        client.mkdir("d");
        assertStatus(SftpConstants.SSH_FX_FAILURE, () -> put(client, "d", new byte[1]));
        put(client, "x", new byte[1]);
        assertStatus(SftpConstants.SSH_FX_FAILURE, () -> client.mkdir("x"));
        assertStatus(SftpConstants.SSH_FX_NO_SUCH_FILE, () -> put(client, "x/y", new byte[1]));
        assertStatus(SftpConstants.SSH_FX_FAILURE, () -> client.remove("d"));
        assertStatus(SftpConstants.SSH_FX_FAILURE, () -> get(client, "d"));
        assertStatus(SftpConstants.SSH_FX_NO_SUCH_FILE, () -> client.remove("none"));
        assertStatus(SftpConstants.SSH_FX_NO_SUCH_FILE, () -> get(client, "none"));
    }

    @Test
    void aRenameReplacesAFileOnlyWhenAskedTo() throws IOException {
        put(client, "a", bytes(10, 1));
        put(client, "b", bytes(20, 2));
        assertStatus(SftpConstants.SSH_FX_FAILURE, () -> client.rename("a", "b"));
        assertStatus(SftpConstants.SSH_FX_NO_SUCH_FILE, () -> client.rename("none", "c"));
        assertStatus(SftpConstants.SSH_FX_NO_SUCH_FILE, () -> client.rename("a", "none/c"));
        OpenSSHPosixRenameExtension posix = client.getExtension(OpenSSHPosixRenameExtension.class);
        posix.posixRename("a", "b");
        assertThat(get(client, "b")).isEqualTo(bytes(10, 1));
        posix.posixRename("b", "b");
        assertThat(list("/inbound")).containsExactly("b");
    }

    @Test
    void aFileReplacedDuringItsRenameStays() throws IOException {
        put(client, "a", bytes(10, 1));
        fixture.store.plan(
                "copy",
                FaultyStore.before(() -> fixture.twin.put(
                        PutRequest.of("inbound/st-marys/a", Content.of(bytes(10, 2)), "application/octet-stream"))));
        assertStatus(SftpConstants.SSH_FX_FAILURE, () -> client.rename("a", "b"));
        assertThat(get(client, "a")).isEqualTo(bytes(10, 2));
        assertStatus(SftpConstants.SSH_FX_NO_SUCH_FILE, () -> client.stat("b"));
    }

    @Test
    void anEmptyFolderIsRenamedAndAFullOneIsNot() throws IOException {
        client.mkdir("d");
        client.rename("d", "e");
        assertThat(list("/inbound")).containsExactly("e");
        put(client, "e/x", new byte[1]);
        assertStatus(SftpConstants.SSH_FX_OP_UNSUPPORTED, () -> client.rename("e", "f"));
    }

    @Test
    void whatIsPutIntoAFolderThatIsNotThereIsNotMadeAFileOfItsName() throws IOException {
        put(client, "a", bytes(10, 1));
        put(client, "b", bytes(10, 2));
        for (String name : List.of("d/", "d/.", "a/")) {
            assertStatus(SftpConstants.SSH_FX_FAILURE, () -> put(client, name, new byte[1]));
            assertStatus(SftpConstants.SSH_FX_FAILURE, () -> client.rename("b", name));
            assertStatus(
                    SftpConstants.SSH_FX_FAILURE,
                    () -> client.getExtension(OpenSSHPosixRenameExtension.class).posixRename("b", name));
        }
        client.mkdir("e/");
        client.rename("e/", "f/");
        assertThat(list("/inbound")).containsExactlyInAnyOrder("a", "b", "f");
        assertThat(get(client, "a")).isEqualTo(bytes(10, 1));
    }

    /** Such as wait for their rename, or to be gone on with: no object is there for them. */
    @Test
    void aFolderThatHoldsOnlyUnfinishedFilesIsNotEmpty() throws IOException {
        fixture.keepUploads();
        client.mkdir("d");
        put(client, "d/x.part", bytes(9 << 20, 1));
        assertStatus(SftpConstants.SSH_FX_FAILURE, () -> client.rmdir("d"));
        assertStatus(SftpConstants.SSH_FX_OP_UNSUPPORTED, () -> client.rename("d", "e"));
        client.rename("d/x.part", "d/x");
        assertThat(get(client, "d/x")).isEqualTo(bytes(9 << 20, 1));
        client.remove("d/x");
        client.rmdir("d");
        assertThat(list("/inbound")).isEmpty();
    }

    @Test
    void aFolderWithOnlyTemporaryFilesIsThereOnce() throws IOException {
        client.mkdir("d");
        put(client, "d/x.part", new byte[1]);
        put(client, "d/y", new byte[1]);
        client.mkdir("d.tmp");
        put(client, "d.tmp/z.tmp", new byte[1]);
        put(client, "d-1", new byte[1]);
        assertThat(list("/inbound")).containsExactlyInAnyOrder("d", "d.tmp", "d-1");
        assertThat(list("d.tmp")).containsExactly("z.tmp");
    }
}
