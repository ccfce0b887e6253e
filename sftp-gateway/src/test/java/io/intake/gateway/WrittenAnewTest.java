package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.LIMIT;
import static io.intake.gateway.GatewayFixture.bytes;
import static io.intake.gateway.GatewayFixture.get;
import static io.intake.gateway.GatewayFixture.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * OpenSSH's scp opens a file that is there without truncating it, writes it from its start and cuts it off at last. A census that
 * is copied under the same name each day would be yesterday's for ever, and scp would say that all is well.
 */
class WrittenAnewTest {
    private static final int MIB = 1 << 20;
    private static final String KEY = "inbound/st-marys/x";
    private static final int[] SIZES = {1, 1000, 3 * MIB, 12 * MIB};

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

    /** As scp writes, up to its last request but one. */
    private static SftpClient.CloseableHandle write(SftpClient client, String path, byte[] bytes) throws IOException {
        SftpClient.CloseableHandle handle = client.open(path, OpenMode.Write, OpenMode.Create);
        for (int at = 0; at < bytes.length; at += 32_768) {
            client.write(handle, at, bytes, at, Math.min(32_768, bytes.length - at));
        }
        return handle;
    }

    private static void copy(SftpClient client, String path, byte[] bytes) throws IOException {
        try (SftpClient.CloseableHandle handle = write(client, path, bytes)) {
            client.setStat(handle, new SftpClient.Attributes().size(bytes.length));
        }
    }

    private void assertOnly(byte[] bytes, String what) {
        assertThat(Arrays.equals(fixture.twin.snapshot().get(KEY), bytes))
                .as(what)
                .isTrue();
        fixture.twin.assertNoOpenUploads();
    }

    @Test
    void aStoredFileIsReplacedByALargerOrASmallerOne() throws IOException {
        try (SftpClient client = fixture.sftp()) {
            for (int before : SIZES) {
                for (int after : SIZES) {
                    put(client, "x", bytes(before, 1));
                    byte[] bytes = bytes(after, 2);
                    copy(client, "x", bytes);
                    assertOnly(bytes, before + " by " + after);
                }
            }
        }
        assertThat(fixture.gateway.uploadMemoryInUse()).isZero();
    }

    @Test
    void theFileIsTheOldOneUntilTheNewOneIsWhole() throws IOException {
        byte[] before = bytes(12 * MIB, 1);
        byte[] after = bytes(7 * MIB, 2);
        try (SftpClient client = fixture.sftp()) {
            put(client, "x", before);
            ClientSession session = fixture.connect();
            SftpClient.CloseableHandle ignored = write(GatewayFixture.sftp(session), "x", after);
            assertThat(get(client, "x")).isEqualTo(before);
            session.getIoSession().close(true).await(LIMIT);
            GatewayFixture.await("the upload's end", () -> fixture.gateway.openUploads() == 0);
            assertThat(get(client, "x")).isEqualTo(before);
            copy(client, "x", after);
            // What the lost session has left is dropped by the bucket's rules, as behind any upload that replaces it
            assertThat(get(client, "x")).isEqualTo(after);
        }
    }

    /** A client that changes a file's first bytes means the others to stay. */
    @Test
    void ofAStoredFileOnlyTheBeginningIsNotWrittenAnew() throws IOException {
        for (int size : new int[] {1000, 12 * MIB}) {
            byte[] before = bytes(size, 1);
            try (SftpClient client = fixture.sftp()) {
                put(client, "x", before);
                SftpClient.CloseableHandle handle = write(client, "x", bytes(100, 2));
                assertThatThrownBy(handle::close).hasMessageContaining("only the first 100 of " + size);
                assertOnly(before, "of " + size);
                write(client, "x", bytes(size, 3)).close();
                assertOnly(bytes(size, 3), "all of " + size);
            }
        }
    }

    /** What was refused before would be missing from it. */
    @Test
    void behindAWriteThatWasRefusedNothingBegins() throws IOException {
        byte[] before = bytes(12 * MIB, 1);
        try (SftpClient client = fixture.sftp()) {
            put(client, "x", before);
            SftpClient.CloseableHandle handle = client.open("x", OpenMode.Write, OpenMode.Create);
            assertThatThrownBy(() -> client.write(handle, 32_768, bytes(10, 2))).hasMessageContaining("stored already");
            assertThatThrownBy(() -> client.write(handle, 0, bytes(32_768, 2))).hasMessageContaining("stored already");
            assertThatThrownBy(handle::close).hasMessageContaining("stored already");
        }
        assertOnly(before, "as it was");
    }

    /** As sshfs does, and scp with an empty file. */
    @Test
    void aStoredFileIsEmptiedByItsHandleAndWrittenAnew() throws IOException {
        for (int size : new int[] {1000, 12 * MIB}) {
            for (int after : new int[] {0, 500}) {
                try (SftpClient client = fixture.sftp()) {
                    put(client, "x", bytes(size, 1));
                    byte[] bytes = bytes(after, 2);
                    try (SftpClient.CloseableHandle handle = client.open("x", OpenMode.Write, OpenMode.Create)) {
                        client.setStat(handle, new SftpClient.Attributes().size(0));
                        assertThat(get(client, "x")).hasSize(size);
                        client.write(handle, 0, bytes);
                    }
                    assertOnly(bytes, size + " by " + after);
                }
            }
        }
    }

    /** Of an interrupted reput, too little to be sure of any of it: it stops, and what is stored stays. */
    @Test
    void aFileThatIsAppendedToIsNotEmptied() throws IOException {
        byte[] bytes = bytes(1000, 1);
        try (SftpClient client = fixture.sftp()) {
            put(client, "x", bytes);
            SftpClient.CloseableHandle handle = client.open("x", OpenMode.Write, OpenMode.Create, OpenMode.Append);
            assertThatThrownBy(() -> client.setStat(handle, new SftpClient.Attributes().size(0)))
                    .hasMessageContaining("size cannot be changed");
            assertThatThrownBy(handle::close).hasMessageContaining("broken off");
        }
        assertOnly(bytes, "as it was");
    }

    @Test
    void whatALostSessionHasLeftIsReplacedToo() throws IOException {
        for (int size : new int[] {1000, 9 * MIB, 20 * MIB}) {
            ClientSession session = fixture.connect();
            SftpClient.CloseableHandle ignored = write(GatewayFixture.sftp(session), "x", bytes(size, 1));
            session.getIoSession().close(true).await(LIMIT);
            GatewayFixture.await("the upload's end", () -> fixture.gateway.openUploads() == 0);
            try (SftpClient client = fixture.sftp()) {
                assertThat(client.stat("x").getSize()).isEqualTo(size - 1);
                byte[] bytes = bytes(5000, 2);
                copy(client, "x", bytes);
                assertThat(Arrays.equals(fixture.twin.snapshot().get(KEY), bytes))
                        .isTrue();
                assertThat(client.stat("x").getSize()).isEqualTo(5000);
                client.remove("x");
            }
        }
    }

    @Test
    void aFileThatWaitsForItsRenameIsReplaced() throws IOException {
        for (int size : new int[] {1000, 9 * MIB}) {
            byte[] bytes = bytes(10 * MIB, 2);
            try (SftpClient client = fixture.sftp()) {
                put(client, "x.part", bytes(size, 1));
                copy(client, "x.part", bytes);
                client.rename("x.part", "x");
                assertOnly(bytes, "of " + size);
                client.remove("x");
            }
        }
    }
}
