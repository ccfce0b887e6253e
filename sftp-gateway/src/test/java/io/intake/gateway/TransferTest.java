package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.bytes;
import static io.intake.gateway.GatewayFixture.get;
import static io.intake.gateway.GatewayFixture.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.store.Content;
import io.intake.store.PutRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client that is told OK deletes its copy: what is in the bucket then must be the file, whole, under its name. */
class TransferTest {
    private static final int MIB = 1 << 20;
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

    @Test
    void filesOfEverySizeComeBackTheSame() throws IOException {
        for (int size : new int[] {
            0,
            1,
            32_767,
            32_768,
            32_769,
            5 * MIB - 1,
            5 * MIB,
            5 * MIB + 1,
            8 * MIB - 1,
            8 * MIB,
            8 * MIB + 1,
            17 * MIB + 3
        }) {
            byte[] bytes = bytes(size, size);
            put(client, "f.bin", bytes);
            assertThat(fixture.twin.snapshot().get("inbound/st-marys/f.bin"))
                    .as("size %d", size)
                    .isEqualTo(bytes);
            assertThat(get(client, "/inbound/f.bin")).as("size %d", size).isEqualTo(bytes);
            assertThat(client.stat("f.bin").getSize()).isEqualTo(size);
        }
        assertThat(fixture.gateway.uploadMemoryInUse()).isZero();
    }

    @Test
    void namesAreKeptAsTheyAre() throws IOException {
        List<String> names = List.of(
                "with space.csv",
                "ümläut-é.csv",
                "semi;colon&amp.csv",
                "[glob]*.csv",
                "per%20cent+plus.csv",
                "日本語.csv",
                "😀.csv",
                "it's.csv",
                "trailing.dot.",
                "a=b#c.csv",
                "\\back\\slash",
                "...",
                "x".repeat(255));
        for (String name : names) {
            put(client, "/inbound/" + name, bytes(100, name.hashCode()));
        }
        List<String> listed = new ArrayList<>();
        client.readDir("/inbound").forEach(entry -> listed.add(entry.getFilename()));
        assertThat(listed).containsExactlyInAnyOrderElementsOf(names);
        for (String name : names) {
            assertThat(get(client, name)).as(name).isEqualTo(bytes(100, name.hashCode()));
        }
        assertThatThrownBy(() -> put(client, "x".repeat(256), new byte[1])).isInstanceOf(SftpException.class);
        assertThatThrownBy(() -> put(client, "line\nbreak", new byte[1])).hasMessageContaining("control characters");
    }

    @Test
    void aFileIsReplacedOnlyAtClose() throws IOException {
        byte[] first = bytes(9 * MIB, 1);
        byte[] second = bytes(1000, 2);
        put(client, "x", first);
        try (SftpClient.CloseableHandle handle = client.open("x", OpenMode.Write, OpenMode.Create, OpenMode.Truncate)) {
            client.write(handle, 0, second, 0, second.length);
            assertThat(client.stat(handle).getSize()).isEqualTo(1000);
            assertThat(get(client, "x")).isEqualTo(first);
        }
        assertThat(get(client, "x")).isEqualTo(second);
    }

    @Test
    void aReaderGetsOneVersionOrAFailure() throws IOException {
        put(client, "x", bytes(20 * MIB, 1));
        byte[] buffer = new byte[100];
        try (SftpClient.CloseableHandle handle = client.open("x", OpenMode.Read)) {
            assertThat(client.read(handle, 0, buffer, 0, 100)).isEqualTo(100);
            put(client, "x", bytes(20 * MIB, 2));
            assertThatThrownBy(() -> client.read(handle, 15 * MIB, buffer, 0, 100))
                    .hasMessageContaining("replaced or deleted");
        }
    }

    @Test
    void readsMayJumpAbout() throws IOException {
        byte[] bytes = bytes(9 * MIB, 5);
        put(client, "x", bytes);
        java.util.Random random = new java.util.Random(5);
        byte[] buffer = new byte[70_000];
        try (SftpClient.CloseableHandle handle = client.open("x", OpenMode.Read)) {
            for (int i = 0; i < 200; i++) {
                int offset = random.nextInt(bytes.length);
                int count = client.read(handle, offset, buffer, 0, 1 + random.nextInt(buffer.length));
                assertThat(buffer)
                        .as("read %d", i)
                        .startsWith(java.util.Arrays.copyOfRange(bytes, offset, offset + count));
            }
            assertThat(client.read(handle, bytes.length, buffer, 0, 1)).isEqualTo(-1);
        }
    }

    @Test
    void aConnectionLostWhileReadingIsTakenUpAgain() throws IOException {
        byte[] bytes = bytes(3 * MIB, 5);
        put(client, "x", bytes);
        fixture.store.plan("read", new FaultyStore.Plan() {
            @Override
            @SuppressWarnings("unchecked") // the plan is for reads only
            public <T extends @org.jspecify.annotations.Nullable Object> T around(java.util.function.Supplier<T> call) {
                return (T)
                        new BrokenContent((io.intake.store.ObjectContent) java.util.Objects.requireNonNull(call.get()));
            }
        });
        assertThat(get(client, "x")).isEqualTo(bytes);
    }

    /** Ends after a thousand bytes. */
    private record BrokenContent(io.intake.store.ObjectContent whole) implements io.intake.store.ObjectContent {
        @Override
        public io.intake.store.ObjectInfo info() {
            return whole.info();
        }

        @Override
        public InputStream stream() {
            return new java.io.FilterInputStream(whole.stream()) {
                private int left = 1000;

                @Override
                public int read(byte[] target, int offset, int length) throws IOException {
                    if (left == 0) {
                        throw new IOException("connection reset");
                    }
                    int count = super.read(target, offset, Math.min(left, length));
                    left -= count;
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
    void aFolderOfManyFilesIsListedWithOneRequestPerPage() throws IOException {
        for (int i = 0; i < 2_500; i++) {
            fixture.twin.put(PutRequest.of(
                    "inbound/st-marys/d/f%04d".formatted(i), Content.of(new byte[i % 7]), "application/octet-stream"));
        }
        fixture.store.resetCalls();
        TreeSet<String> names = new TreeSet<>();
        for (SftpClient.DirEntry entry : client.readDir("d")) {
            assertThat(names.add(entry.getFilename())).as("listed once").isTrue();
            int number = Integer.parseInt(entry.getFilename().substring(1));
            assertThat(entry.getAttributes().getSize()).isEqualTo(number % 7);
        }
        assertThat(names).hasSize(2_500);
        assertThat(fixture.store.calls())
                .as("three pages, one of temporary names, and three that look for unfinished files")
                .isEqualTo(7);
    }

    @Test
    void aSmallUploadIsOneWrite() throws IOException {
        put(client, "one", new byte[10]);
        fixture.store.resetCalls();
        put(client, "two", new byte[10]);
        assertThat(fixture.store.calls("put")).isEqualTo(1);
        assertThat(fixture.store.calls()).isEqualTo(1);
    }

    @Test
    void writesOutOfOrderAreSetRightOrRefused() throws IOException {
        byte[] bytes = bytes(300_000, 9);
        try (SftpClient.CloseableHandle handle = client.open("x", OpenMode.Write, OpenMode.Create)) {
            client.write(handle, 200_000, bytes, 200_000, 30_000);
            client.write(handle, 0, bytes, 0, 30_000);
            for (int at = 30_000; at < 300_000; at += 30_000) {
                client.write(handle, at, bytes, at, 30_000);
            }
        }
        assertThat(get(client, "x")).isEqualTo(bytes);
        SftpClient.CloseableHandle far = client.open("y", OpenMode.Write, OpenMode.Create);
        assertThatThrownBy(() -> client.write(far, 100L * MIB, bytes, 0, 10)).hasMessageContaining("start to its end");
        assertThatThrownBy(() -> client.write(far, 0, bytes, 0, 10)).isInstanceOf(SftpException.class);
        assertThatThrownBy(far::close).isInstanceOf(SftpException.class);
        SftpClient.CloseableHandle gap = client.open("z", OpenMode.Write, OpenMode.Create);
        client.write(gap, 10, bytes, 0, 10);
        assertThatThrownBy(gap::close).hasMessageContaining("bytes are missing");
        assertThat(fixture.twin.snapshot()).containsOnlyKeys("inbound/st-marys/x");
    }

    @Test
    void whatCannotBeDoneIsRefusedAsUnsupported() throws IOException {
        put(client, "x", new byte[10]);
        assertStatus(SftpConstants.SSH_FX_OP_UNSUPPORTED, () -> client.symLink("x", "y"));
        assertStatus(SftpConstants.SSH_FX_OP_UNSUPPORTED, () -> client.readLink("x"));
        assertStatus(
                SftpConstants.SSH_FX_OP_UNSUPPORTED, () -> client.setStat("x", new SftpClient.Attributes().size(5)));
        assertStatus(SftpConstants.SSH_FX_NO_SUCH_FILE, () -> client.open("none", OpenMode.Write));
        assertStatus(
                SftpConstants.SSH_FX_FAILURE,
                () -> client.open("x", OpenMode.Write, OpenMode.Create, OpenMode.Exclusive));
        client.setStat("x", new SftpClient.Attributes().size(10).perms(0600).modifyTime(1_600_000_000));
        assertStatus(
                SftpConstants.SSH_FX_NO_SUCH_FILE,
                () -> client.setStat("none", new SftpClient.Attributes().perms(0600)));
    }

    /** Both found no file when they opened it; the second one would replace the first one's, and both be told OK. */
    @Test
    void ofTwoThatMakeAFileThatMustBeNewOneIsRefused() throws IOException {
        for (int size : new int[] {10, 9 * MIB}) {
            String name = "new-" + size;
            byte[] bytes = bytes(size, 1);
            try (SftpClient other = fixture.sftp()) {
                SftpClient.CloseableHandle faster =
                        client.open(name, OpenMode.Write, OpenMode.Create, OpenMode.Exclusive);
                SftpClient.CloseableHandle slower =
                        other.open(name, OpenMode.Write, OpenMode.Create, OpenMode.Exclusive);
                for (int at = 0; at < size; at += 32_768) {
                    client.write(faster, at, bytes, at, Math.min(32_768, size - at));
                    other.write(slower, at, new byte[32_768], 0, Math.min(32_768, size - at));
                }
                faster.close();
                assertThatThrownBy(slower::close).hasMessageContaining("a file has that name");
            }
            assertThat(fixture.twin.snapshot().get("inbound/st-marys/" + name))
                    .as(name)
                    .isEqualTo(bytes);
        }
    }

    private static void assertStatus(int status, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SftpException.class, e -> assertThat(e.getStatus()).isEqualTo(status));
    }
}
