package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.PARTNER;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.sftp.client.RawSftpClient;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.common.SftpConstants;
import org.junit.jupiter.api.Test;

/**
 * Clients open, write, rename and give up in every order that there is; whatever they do, each request has one answer, and
 * when they are gone nothing of theirs is held.
 */
class SessionFuzzTest {
    private static final String[] NAMES = {"a", "b.tmp", "d", "d/a", "d/e/f", "/outbound/r", "/", "", "../x", "none/x"};
    private static final int[] FLAGS = {
        SftpConstants.SSH_FXF_READ,
        SftpConstants.SSH_FXF_WRITE | SftpConstants.SSH_FXF_CREAT,
        SftpConstants.SSH_FXF_WRITE | SftpConstants.SSH_FXF_CREAT | SftpConstants.SSH_FXF_TRUNC,
        SftpConstants.SSH_FXF_WRITE | SftpConstants.SSH_FXF_CREAT | SftpConstants.SSH_FXF_EXCL,
        SftpConstants.SSH_FXF_WRITE | SftpConstants.SSH_FXF_APPEND,
        SftpConstants.SSH_FXF_READ | SftpConstants.SSH_FXF_WRITE | SftpConstants.SSH_FXF_CREAT,
        0,
        -1
    };
    private static final String[] EXTENSIONS = {
        "posix-rename@openssh.com", "fsync@openssh.com", "copy-data", "lsetstat@openssh.com", "expand-path@openssh.com",
        "fstatvfs@openssh.com", "users-groups-by-id@openssh.com", "home-directory", "limits@openssh.com", "nonsense"
    };

    private final List<byte[]> handles = new ArrayList<>();

    @Test
    void everyRequestHasOneAnswerAndNothingIsHeldAfterwards() throws IOException {
        try (GatewayFixture fixture = new GatewayFixture()) {
            fixture.keepUploads();
            for (long seed = 0; seed < 40; seed++) {
                Random random = new Random(seed);
                handles.clear();
                try (ClientSession session = fixture.connect()) {
                    SftpClient client = GatewayFixture.sftp(session);
                    for (int i = 0; i < 120; i++) {
                        request((RawSftpClient) client, random, "seed " + seed + ", request " + i);
                    }
                    if (random.nextBoolean()) {
                        client.close(); // else the session goes from under its channel
                    }
                }
            }
            GatewayFixture.await("the end of all sessions", () -> fixture.gateway.sessions() == 0);
            GatewayFixture.await("the end of all uploads", () -> fixture.gateway.openUploads() == 0);
            GatewayFixture.await("all memory", () -> fixture.gateway.uploadMemoryInUse() == 0);
            assertThat(fixture.twin.snapshot().keySet())
                    .allMatch(key -> key.matches("(inbound|outbound|uploads|parked)/" + PARTNER + "/.*"));
        }
    }

    private void request(RawSftpClient client, Random random, String what) throws IOException {
        int[] types = {3, 3, 3, 4, 5, 6, 6, 6, 6, 7, 8, 9, 10, 11, 12, 12, 13, 14, 15, 16, 17, 18, 19, 20, 200, 200};
        int type = types[random.nextInt(types.length)];
        Buffer fields = fields(type, random);
        Buffer answer = client.receive(client.send(type, fields));
        int length = answer.getInt();
        assertThat(length).as(what).isEqualTo(answer.available());
        int kind = answer.getUByte();
        int id = answer.getInt();
        assertThat(id).as(what).isNotNegative();
        assertThat(kind).as(what).isIn(101, 102, 103, 104, 105, 201);
        if (kind == SftpConstants.SSH_FXP_HANDLE) {
            handles.add(answer.getBytes());
        } else if (kind == SftpConstants.SSH_FXP_STATUS) {
            assertThat(answer.getInt()).as(what).isBetween(0, 8);
            assertThat(answer.getString()).as(what).doesNotContain("internal error");
        }
    }

    private Buffer fields(int type, Random random) {
        Buffer fields = new ByteArrayBuffer();
        switch (type) {
            case SftpConstants.SSH_FXP_OPEN -> {
                fields.putString(name(random));
                fields.putUInt(FLAGS[random.nextInt(FLAGS.length)] & 0xffffffffL);
                fields.putUInt(0);
            }
            case SftpConstants.SSH_FXP_CLOSE, SftpConstants.SSH_FXP_FSTAT, SftpConstants.SSH_FXP_READDIR ->
                fields.putBytes(handle(random));
            case SftpConstants.SSH_FXP_READ -> {
                fields.putBytes(handle(random));
                fields.putLong(offset(random));
                fields.putUInt(random.nextInt(3) == 0 ? 0xffffffffL : random.nextInt(100_000));
            }
            case SftpConstants.SSH_FXP_WRITE -> {
                fields.putBytes(handle(random));
                fields.putLong(offset(random));
                fields.putBytes(new byte[random.nextInt(60_000)]);
            }
            case SftpConstants.SSH_FXP_FSETSTAT -> {
                fields.putBytes(handle(random));
                attributes(fields, random);
            }
            case SftpConstants.SSH_FXP_SETSTAT, SftpConstants.SSH_FXP_MKDIR -> {
                fields.putString(name(random));
                attributes(fields, random);
            }
            case SftpConstants.SSH_FXP_RENAME, SftpConstants.SSH_FXP_SYMLINK -> {
                fields.putString(name(random));
                fields.putString(name(random));
            }
            case SftpConstants.SSH_FXP_EXTENDED -> extension(fields, random);
            default -> fields.putString(name(random));
        }
        return fields;
    }

    private void extension(Buffer fields, Random random) {
        String name = EXTENSIONS[random.nextInt(EXTENSIONS.length)];
        fields.putString(name);
        switch (name) {
            case "copy-data" -> {
                fields.putBytes(handle(random));
                fields.putLong(offset(random));
                fields.putLong(random.nextInt(3) * 1000L);
                fields.putBytes(handle(random));
                fields.putLong(offset(random));
            }
            case "fsync@openssh.com", "fstatvfs@openssh.com" -> fields.putBytes(handle(random));
            case "lsetstat@openssh.com" -> {
                fields.putString(name(random));
                attributes(fields, random);
            }
            default -> {
                fields.putString(name(random));
                fields.putString(name(random));
            }
        }
    }

    private static String name(Random random) {
        return NAMES[random.nextInt(NAMES.length)];
    }

    /** One of the last that were given, or none at all. */
    private byte[] handle(Random random) {
        if (handles.isEmpty() || random.nextInt(10) == 0) {
            return GatewayFixture.bytes(random.nextInt(6), random.nextLong());
        }
        return handles.get(handles.size() - 1 - random.nextInt(Math.min(4, handles.size())));
    }

    private static long offset(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextInt(200_000);
            default -> 0;
        };
    }

    private static void attributes(Buffer fields, Random random) {
        int flags = random.nextInt(16) & ~SftpConstants.SSH_FILEXFER_ATTR_UIDGID;
        fields.putUInt(flags);
        if ((flags & SftpConstants.SSH_FILEXFER_ATTR_SIZE) != 0) {
            fields.putLong(offset(random));
        }
        if ((flags & SftpConstants.SSH_FILEXFER_ATTR_PERMISSIONS) != 0) {
            fields.putUInt(0644);
        }
        if ((flags & SftpConstants.SSH_FILEXFER_ATTR_ACMODTIME) != 0) {
            fields.putUInt(1);
            fields.putUInt(0xffffffffL);
        }
    }
}
