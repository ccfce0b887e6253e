package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.LIMIT;
import static io.intake.gateway.GatewayFixture.PARTNER;
import static io.intake.gateway.GatewayFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.intake.gateway.access.ConnectionLimits;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.sftp.client.SftpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Port 22 of a hospital gateway hears everything that is on the Internet, before anybody has logged in. */
class ConnectionFuzzTest {
    private static final byte[] GREETING = "SSH-2.0-fuzz\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int LONGEST_ANSWER = 1 << 20;

    private GatewayFixture fixture;

    @BeforeEach
    void start() throws IOException {
        fixture = new GatewayFixture(GatewayFixture.config()
                .withLimits(new SessionLimits(java.time.Duration.ofSeconds(1), LIMIT, 20, 10, 2 << 20))
                .withConnections(new ConnectionLimits(200, 200, 200, 200, List.of())));
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    /** Sends bytes in random portions and reads until the gateway hangs up; returns how much it answered. */
    private int send(byte[] bytes, Random random) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.gateway.port())) {
            socket.setSoTimeout((int) LIMIT.toMillis());
            socket.setTcpNoDelay(true);
            int answered = 0;
            try {
                OutputStream out = socket.getOutputStream();
                for (int at = 0; at < bytes.length; ) {
                    int count = Math.min(bytes.length - at, 1 + random.nextInt(40_000));
                    out.write(bytes, at, count);
                    at += count;
                }
                if (random.nextBoolean()) {
                    socket.shutdownOutput();
                }
                byte[] buffer = new byte[8192];
                for (int read = socket.getInputStream().read(buffer); read >= 0; ) {
                    answered += read;
                    assertThat(answered).isLessThan(LONGEST_ANSWER);
                    read = socket.getInputStream().read(buffer);
                }
            } catch (SocketTimeoutException e) {
                throw e;
            } catch (IOException hungUp) {
                // it need not wait for the end of nonsense
            }
            return answered;
        }
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** A packet in the clear (RFC 4253 section 6). */
    private static byte[] packet(byte[] payload) {
        int padding = 8 - (payload.length + 5) % 8;
        padding += padding < 4 ? 8 : 0;
        return ByteBuffer.allocate(5 + payload.length + padding)
                .putInt(1 + payload.length + padding)
                .put((byte) padding)
                .put(payload)
                .array();
    }

    private static byte[] proposal(Random random, String exchange) {
        Buffer proposal = new ByteArrayBuffer();
        proposal.putByte(SshConstants.SSH_MSG_KEXINIT);
        proposal.putRawBytes(bytes(16, random.nextLong()));
        for (String list : List.of(
                exchange,
                "ssh-ed25519",
                "aes128-gcm@openssh.com",
                "aes128-gcm@openssh.com",
                "hmac-sha2-256-etm@openssh.com",
                "hmac-sha2-256-etm@openssh.com",
                "none",
                "none",
                "",
                "")) {
            proposal.putString(list);
        }
        proposal.putBoolean(false);
        proposal.putUInt(0);
        return proposal.getCompactData();
    }

    private static byte[] mutated(byte[] bytes, Random random) {
        byte[] changed = bytes.clone();
        for (int count = random.nextInt(4); count > 0 && changed.length > 0; count--) {
            changed[random.nextInt(changed.length)] = (byte) random.nextInt();
        }
        return random.nextInt(4) == 0 ? java.util.Arrays.copyOf(changed, random.nextInt(changed.length + 1)) : changed;
    }

    @Test
    void greetingsOfAnyShapeAreEndedAndLeaveNothing() throws IOException {
        List<byte[]> greetings = new ArrayList<>(List.of(
                new byte[0],
                "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                "SSH-1.5-old\r\n".getBytes(StandardCharsets.US_ASCII),
                "SSH-2.0-\n".getBytes(StandardCharsets.US_ASCII),
                "SSH-2.0-x\0y\r\n".getBytes(StandardCharsets.US_ASCII),
                "x".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII),
                "line\r\n".repeat(200_000).getBytes(StandardCharsets.US_ASCII),
                ("SSH-2.0-" + "x".repeat(100_000) + "\r\n").getBytes(StandardCharsets.US_ASCII),
                "PROXY TCP4 1.2.3.4 1.2.3.4 1 1\r\nSSH-2.0-x\r\n".getBytes(StandardCharsets.US_ASCII)));
        for (long seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            greetings.add(bytes(random.nextInt(100_000), seed));
            greetings.add(join(GREETING, bytes(random.nextInt(100_000), seed)));
        }
        parallel(greetings.size(), index -> {
            int ignored = send(greetings.get(index), new Random(index));
        });
        assertNothingIsLeftAndItServes();
    }

    @Test
    void keyExchangesOfAnyShapeAreEndedAndLeaveNothing() throws IOException {
        String[] exchanges = {
            "mlkem768x25519-sha256", "sntrup761x25519-sha512@openssh.com", "curve25519-sha256", "ecdh-sha2-nistp256"
        };
        parallel(96, index -> {
            Random random = new Random(index);
            byte[] init = packet(mutated(proposal(random, exchanges[index % exchanges.length]), random));
            Buffer share = new ByteArrayBuffer();
            share.putByte((byte) 30);
            int[] lengths = {0, 1, 31, 32, 33, 65, 1190, 1216, 30_000};
            share.putBytes(bytes(lengths[random.nextInt(lengths.length)], index));
            byte[] rest = packet(mutated(share.getCompactData(), random));
            byte[] newKeys = packet(new byte[] {SshConstants.SSH_MSG_NEWKEYS});
            byte[] all = switch (random.nextInt(4)) {
                case 0 -> join(GREETING, init, rest, newKeys, bytes(random.nextInt(50_000), index));
                case 1 -> join(GREETING, init, init, rest);
                case 2 -> join(GREETING, rest, init);
                default -> join(GREETING, init, rest);
            };
            int ignored = send(mutated(all, random), random);
        });
        assertNothingIsLeftAndItServes();
    }

    @Test
    void lengthsThatCannotBeAreNotAllocated() throws IOException {
        for (int length : new int[] {-1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0, 1, 3, 262_145, 1 << 24}) {
            byte[] head = ByteBuffer.allocate(4).putInt(length).array();
            int ignored = send(join(GREETING, head, new byte[3000]), new Random(length));
        }
        for (int length : new int[] {-1, Integer.MAX_VALUE, 1 << 24}) {
            byte[] list = ByteBuffer.allocate(21)
                    .put(SshConstants.SSH_MSG_KEXINIT)
                    .position(17)
                    .putInt(length)
                    .array();
            int ignored = send(join(GREETING, packet(list)), new Random(length));
        }
        assertNothingIsLeftAndItServes();
    }

    @Test
    void manySilentStrangersHoldNoMoreThanTheirPlacesUntilTheirTimeIsUp() throws IOException {
        List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.gateway.port());
            socket.setSoTimeout((int) LIMIT.toMillis());
            silent.add(socket);
            if (i % 2 == 0) {
                socket.getOutputStream().write(GREETING);
            }
        }
        for (Socket socket : silent) {
            try (socket) {
                assertThat(new DataInputStream(socket.getInputStream()).readAllBytes())
                        .isNotEmpty();
            } catch (IOException reset) {
                assertThat(reset).hasMessageContaining("reset");
            }
        }
        assertNothingIsLeftAndItServes();
    }

    @Test
    void whatIsSaidInsteadOfALoginIsRefusedAndLeavesNothing() throws Exception {
        for (long seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            fixture.connect().close(); // forgives what failed before
            try (ClientSession session = fixture.client()
                    .connect(PARTNER, "127.0.0.1", fixture.gateway.port())
                    .verify(LIMIT)
                    .getSession()) {
                var ignored = session.waitFor(
                        java.util.EnumSet.of(
                                ClientSession.ClientSessionEvent.WAIT_AUTH, ClientSession.ClientSessionEvent.CLOSED),
                        LIMIT);
                for (int i = random.nextInt(6); i >= 0; i--) {
                    say(session, random);
                }
                assertThat(session.isAuthenticated()).as("seed %d", seed).isFalse();
            } catch (IOException | IllegalStateException cutOff) {
                assertThat(cutOff).as("seed %d", seed).isNotNull();
            }
        }
        assertNothingIsLeftAndItServes();
        assertThat(fixture.audit)
                .allMatch(line -> line.chars().allMatch(character -> character >= 0x20))
                .noneMatch(line -> line.contains("forged"));
    }

    private void say(ClientSession session, Random random) throws IOException {
        byte[] types = {50, 5, 80, 90, 94, 98, 61, 60, 7, 2, 4, 20, 30, 51, 52, 127, -1};
        byte type =
                random.nextInt(3) == 0 ? types[random.nextInt(types.length)] : SshConstants.SSH_MSG_USERAUTH_REQUEST;
        Buffer message = session.createBuffer(type);
        if (type == SshConstants.SSH_MSG_USERAUTH_REQUEST) {
            message.putString(random.nextBoolean() ? PARTNER : "forged\n{\"outcome\":\"accepted\"}" + random.nextInt());
            message.putString("ssh-connection");
            String[] methods = {"publickey", "password", "none", "keyboard-interactive", "hostbased", "x"};
            message.putString(methods[random.nextInt(methods.length)]);
            message.putBoolean(random.nextBoolean());
            message.putString(random.nextBoolean() ? "ssh-ed25519" : "ssh-ed25519-cert-v01@openssh.com");
            Buffer key = new ByteArrayBuffer();
            key.putString(random.nextBoolean() ? "ssh-ed25519" : "ssh-rsa-cert-v01@openssh.com");
            key.putBytes(bytes(random.nextInt(64), random.nextLong()));
            message.putBytes(key.getCompactData());
        }
        message.putRawBytes(bytes(random.nextInt(2_000), random.nextLong()));
        var ignored = session.writePacket(message);
    }

    private interface Attempt {
        void make(int index) throws IOException;
    }

    /** Many at once, as they come; the first failure is the test's. */
    private static void parallel(int count, Attempt attempt) {
        try (var executor = java.util.concurrent.Executors.newFixedThreadPool(16)) {
            List<java.util.concurrent.Future<?>> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int index = i;
                all.add(executor.submit(() -> {
                    attempt.make(index);
                    return null;
                }));
            }
            for (int i = 0; i < count; i++) {
                try {
                    Object ignored = all.get(i).get();
                } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
                    throw new AssertionError("attempt " + i, e);
                }
            }
        }
    }

    private void assertNothingIsLeftAndItServes() throws IOException {
        GatewayFixture.await("the end of all sessions", () -> fixture.gateway.sessions() == 0);
        try (SftpClient client = fixture.sftp()) {
            GatewayFixture.put(client, "x", bytes(1000, 1));
            assertThat(GatewayFixture.get(client, "x")).isEqualTo(bytes(1000, 1));
        }
        assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThan(200);
    }
}
