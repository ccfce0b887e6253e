package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.PARTNER;
import static io.intake.gateway.GatewayFixture.bytes;
import static io.intake.gateway.GatewayFixture.get;
import static io.intake.gateway.GatewayFixture.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.store.TransientStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.sftp.client.RawSftpClient;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.common.SftpConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client relies on what the server announces: what is announced and does not work loses files in a way nobody tries. */
class ExtensionsTest {
    @TempDir
    private Path folder;

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

    /** Sends a request; gives the answer from its type on, the id left out. */
    private Buffer ask(int type, Consumer<Buffer> fields) throws IOException {
        RawSftpClient raw = (RawSftpClient) client;
        Buffer request = new ByteArrayBuffer();
        fields.accept(request);
        Buffer answer = raw.receive(raw.send(type, request));
        int length = answer.getInt();
        assertThat(length).isEqualTo(answer.available());
        Buffer rest = new ByteArrayBuffer();
        rest.putByte(answer.getByte());
        int id = answer.getInt();
        assertThat(id).isNotNegative();
        rest.putBuffer(answer);
        return rest;
    }

    private Buffer extended(String name, Consumer<Buffer> fields) throws IOException {
        return ask(SftpConstants.SSH_FXP_EXTENDED, request -> {
            request.putString(name);
            fields.accept(request);
        });
    }

    private static void assertStatus(Buffer answer, int status) {
        assertThat(answer.getUByte()).isEqualTo((short) SftpConstants.SSH_FXP_STATUS);
        assertThat(answer.getInt()).isEqualTo(status);
    }

    private static String name(Buffer answer) {
        assertThat(answer.getUByte()).isEqualTo((short) SftpConstants.SSH_FXP_NAME);
        assertThat(answer.getInt()).isEqualTo(1);
        return answer.getString();
    }

    @Test
    void whatIsAnnouncedIsThisAndAllOfItIsTriedHere() {
        assertThat(client.getServerExtensions().keySet())
                .containsExactlyInAnyOrder(
                        "posix-rename@openssh.com",
                        "statvfs@openssh.com",
                        "fstatvfs@openssh.com",
                        "fsync@openssh.com",
                        "lsetstat@openssh.com",
                        "limits@openssh.com",
                        "expand-path@openssh.com",
                        "copy-data",
                        "home-directory",
                        "users-groups-by-id@openssh.com");
    }

    @Test
    void limitsAreThoseThatHold() throws IOException {
        Buffer limits = extended("limits@openssh.com", _ -> {});
        assertThat(limits.getUByte()).isEqualTo((short) SftpConstants.SSH_FXP_EXTENDED_REPLY);
        assertThat(limits.getLong()).isEqualTo(256 << 10);
        assertThat(limits.getLong()).isEqualTo(255 << 10);
        assertThat(limits.getLong()).isEqualTo(255 << 10);
        long handles = limits.getLong();
        List<SftpClient.CloseableHandle> open = new ArrayList<>();
        for (long i = 0; i < handles; i++) {
            open.add(client.openDir("/"));
        }
        assertThatThrownBy(() -> client.openDir("/")).hasMessageContaining("too many open files");
        for (SftpClient.CloseableHandle handle : open) {
            handle.close();
        }
        client.openDir("/").close();
    }

    @Test
    void spaceIsToldForPathsAndHandles() throws IOException {
        Buffer byPath = extended("statvfs@openssh.com", request -> request.putString("/inbound"));
        assertThat(byPath.getUByte()).isEqualTo((short) SftpConstants.SSH_FXP_EXTENDED_REPLY);
        assertThat(byPath.available()).isEqualTo(11 * Long.BYTES);
        try (SftpClient.CloseableHandle handle = client.openDir("/")) {
            Buffer byHandle = extended("fstatvfs@openssh.com", request -> request.putBytes(handle.getIdentifier()));
            assertThat(byHandle.getUByte()).isEqualTo((short) SftpConstants.SSH_FXP_EXTENDED_REPLY);
        }
        assertStatus(
                extended("fstatvfs@openssh.com", request -> request.putBytes(new byte[4])),
                SftpConstants.SSH_FX_FAILURE);
    }

    @Test
    void homesAndTildesLeadToWhereASessionBegins() throws IOException {
        for (String user : List.of("", PARTNER)) {
            assertThat(name(extended("home-directory", request -> request.putString(user))))
                    .isEqualTo("/inbound");
        }
        assertStatus(
                extended("home-directory", request -> request.putString(GatewayFixture.OTHER)),
                SftpConstants.SSH_FX_NO_SUCH_FILE);
        Map<String, String> paths = Map.of(
                "~",
                "/inbound",
                "~/",
                "/inbound",
                "~/a/../b",
                "/inbound/b",
                "~" + PARTNER + "/c",
                "/inbound/c",
                "~/../../..",
                "/",
                "d/~",
                "/inbound/d/~",
                "/outbound/./x",
                "/outbound/x");
        for (Map.Entry<String, String> path : paths.entrySet()) {
            assertThat(name(extended("expand-path@openssh.com", request -> request.putString(path.getKey()))))
                    .as(path.getKey())
                    .isEqualTo(path.getValue());
        }
        assertStatus(
                extended("expand-path@openssh.com", request -> request.putString("~mercy/x")),
                SftpConstants.SSH_FX_NO_SUCH_FILE);
    }

    @Test
    void ownersAreThePartnerAndNobodyElse() throws IOException {
        Buffer ids = new ByteArrayBuffer();
        ids.putUInt(0);
        ids.putUInt(1000);
        byte[] packed = ids.getCompactData();
        Buffer answer = extended("users-groups-by-id@openssh.com", request -> {
            request.putBytes(packed);
            request.putBytes(new byte[4]);
        });
        assertThat(answer.getUByte()).isEqualTo((short) SftpConstants.SSH_FXP_EXTENDED_REPLY);
        Buffer users = new ByteArrayBuffer(answer.getBytes());
        assertThat(users.getString()).isEqualTo(PARTNER);
        assertThat(users.getString()).isEmpty();
        assertThat(users.available()).isZero();
        assertThat(new ByteArrayBuffer(answer.getBytes()).getString()).isEqualTo(PARTNER);
        assertStatus(
                extended("users-groups-by-id@openssh.com", request -> {
                    request.putBytes(new byte[60_000]);
                    request.putBytes(new byte[0]);
                }),
                SftpConstants.SSH_FX_FAILURE);
    }

    @Test
    void timesAreTakenWithoutFollowingLinksAndSizesAreNotChanged() throws IOException {
        put(client, "x", bytes(10, 1));
        assertStatus(
                extended("lsetstat@openssh.com", request -> {
                    request.putString("x");
                    request.putUInt(SftpConstants.SSH_FILEXFER_ATTR_ACMODTIME);
                    request.putUInt(1);
                    request.putUInt(2);
                }),
                SftpConstants.SSH_FX_OK);
        for (int type : new int[] {SftpConstants.SSH_FXP_SETSTAT, SftpConstants.SSH_FXP_EXTENDED}) {
            assertStatus(
                    ask(type, request -> {
                        if (type == SftpConstants.SSH_FXP_EXTENDED) {
                            request.putString("lsetstat@openssh.com");
                        }
                        request.putString("x");
                        request.putUInt(SftpConstants.SSH_FILEXFER_ATTR_SIZE);
                        request.putLong(5);
                    }),
                    SftpConstants.SSH_FX_OP_UNSUPPORTED);
        }
        assertThat(get(client, "x")).hasSize(10);
    }

    @Test
    void linksAndUnknownExtensionsAreUnsupported() throws IOException {
        put(client, "x", bytes(10, 1));
        assertStatus(
                extended("hardlink@openssh.com", request -> {
                    request.putString("x");
                    request.putString("y");
                }),
                SftpConstants.SSH_FX_OP_UNSUPPORTED);
        assertStatus(
                ask(SftpConstants.SSH_FXP_SYMLINK, request -> {
                    request.putString("x");
                    request.putString("y");
                }),
                SftpConstants.SSH_FX_OP_UNSUPPORTED);
        assertStatus(
                ask(SftpConstants.SSH_FXP_READLINK, request -> request.putString("x")),
                SftpConstants.SSH_FX_OP_UNSUPPORTED);
        for (String unknown : List.of("check-file", "md5-hash", "copy-file", "vendor-id", "", "x".repeat(1000))) {
            assertStatus(extended(unknown, request -> request.putString("x")), SftpConstants.SSH_FX_OP_UNSUPPORTED);
        }
    }

    private Buffer copy(SftpClient.Handle from, long offset, long length, SftpClient.Handle to, long target)
            throws IOException {
        return extended("copy-data", request -> {
            request.putBytes(from.getIdentifier());
            request.putLong(offset);
            request.putLong(length);
            request.putBytes(to.getIdentifier());
            request.putLong(target);
        });
    }

    @Test
    void dataIsCopiedInPartAndWholeAndBigFilesToo() throws IOException {
        byte[] big = bytes((9 << 20) + 5, 1);
        put(client, "a", big);
        try (var from = client.open("a", SftpClient.OpenMode.Read);
                var to = client.open("b", SftpClient.OpenMode.Write, SftpClient.OpenMode.Create)) {
            assertStatus(copy(from, 100, 50, to, 0), SftpConstants.SSH_FX_OK);
            assertStatus(copy(from, 0, 0, to, 50), SftpConstants.SSH_FX_OK);
            assertStatus(copy(from, big.length, 0, to, 50 + big.length), SftpConstants.SSH_FX_OK);
        }
        byte[] expected = new byte[50 + big.length];
        System.arraycopy(big, 100, expected, 0, 50);
        System.arraycopy(big, 0, expected, 50, big.length);
        assertThat(fixture.twin.snapshot().get("inbound/st-marys/b")).isEqualTo(expected);
    }

    @Test
    void copiesBetweenTheWrongHandlesAndPlacesFail() throws IOException {
        put(client, "a", bytes(10, 1));
        try (var from = client.open("a", SftpClient.OpenMode.Read);
                var to = client.open("b", SftpClient.OpenMode.Write, SftpClient.OpenMode.Create)) {
            assertStatus(copy(to, 0, 0, from, 0), SftpConstants.SSH_FX_FAILURE);
            assertStatus(copy(from, 0, 0, from, 0), SftpConstants.SSH_FX_FAILURE);
            assertStatus(copy(from, -1, 0, to, 0), SftpConstants.SSH_FX_FAILURE);
            assertStatus(copy(from, 0, -1, to, 0), SftpConstants.SSH_FX_FAILURE);
            assertStatus(copy(from, 0, 0, to, -1), SftpConstants.SSH_FX_FAILURE);
        }
    }

    @Test
    void halfACopyIsNotPublished() throws IOException {
        fixture.keepUploads();
        put(client, "a", bytes(9 << 20, 1));
        var from = client.open("a", SftpClient.OpenMode.Read);
        var to = client.open("b", SftpClient.OpenMode.Write, SftpClient.OpenMode.Create);
        assertStatus(copy(from, 0, 1 << 20, to, 0), SftpConstants.SSH_FX_OK);
        fixture.store.always(
                "read", FaultyStore.failBefore(() -> new TransientStoreException("read", "k", "gone", null)));
        assertStatus(copy(from, 8 << 20, 0, to, 1 << 20), SftpConstants.SSH_FX_FAILURE);
        fixture.store.always("read", FaultyStore.before(() -> {}));
        assertThatThrownBy(() -> client.write(to, 1 << 20, new byte[10], 0, 10)).hasMessageContaining("broken off");
        assertThatThrownBy(to::close).hasMessageContaining("broken off");
        from.close();
        assertThat(fixture.twin.snapshot()).doesNotContainKey("inbound/st-marys/b");
    }

    @Test
    void openSshsCommandsDoWhatTheyCanAndSayWhatTheyCannot() throws Exception {
        OpenSsh openSsh = new OpenSsh(folder);
        openSsh.write("id", fixture.key);
        byte[] content = bytes(3 << 20, 7);
        Files.write(folder.resolve("f"), content);
        OpenSsh.Outcome good = openSsh.sftp(
                fixture,
                "id",
                "put f",
                "cp f g",
                "chmod 600 f",
                "df",
                "df -h /outbound",
                "ls -l",
                "ls -ln",
                "pwd",
                "rename g h",
                "get h back",
                "mkdir d",
                "rm f");
        assertThat(good.status()).as(good.output()).isZero();
        assertThat(good.output()).contains("/inbound", PARTNER);
        assertThat(folder.resolve("back")).hasBinaryContent(content);
        assertThat(fixture.twin.snapshot().get("inbound/st-marys/h")).isEqualTo(content);
        OpenSsh.Outcome scp = openSsh.client("scp", "-P", fixture, "id", List.of("f", OpenSsh.target() + ":~/d/i"), "");
        assertThat(scp.status()).as(scp.output()).isZero();
        assertThat(fixture.twin.snapshot().get("inbound/st-marys/d/i")).isEqualTo(content);
        for (String refused : List.of("ln h l", "ln -s h l")) {
            OpenSsh.Outcome outcome = openSsh.sftp(fixture, "id", refused);
            assertThat(outcome.status()).as(refused).isNotZero();
            assertThat(outcome.output()).as(refused).containsAnyOf("does not support", "unsupported", "not supported");
        }
        assertThat(fixture.twin.snapshot().keySet()).noneMatch(key -> key.endsWith("/l"));
    }
}
