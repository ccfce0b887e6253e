package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.LIMIT;
import static io.intake.gateway.GatewayFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.apache.sshd.client.channel.ChannelSubsystem;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.common.SftpConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One broken client must not end, slow down or fill up the gateway for all others. */
class PacketFuzzTest {
    private GatewayFixture fixture;

    @BeforeEach
    void start() throws IOException {
        fixture = new GatewayFixture();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    /** A valid packet of a random type with fields that make some sense. */
    private static byte[] packet(Random random, int id) {
        int[] types = {3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 200, 201, 0, 255};
        int type = types[random.nextInt(types.length)];
        ByteBuffer body = ByteBuffer.allocate(70_000);
        body.put((byte) type).putInt(id);
        for (int fields = random.nextInt(5); fields >= 0; fields--) {
            switch (random.nextInt(5)) {
                case 0 -> string(body, ("d" + random.nextInt(3)).getBytes(StandardCharsets.UTF_8));
                case 1 ->
                    string(
                            body,
                            ByteBuffer.allocate(4).putInt(1 + random.nextInt(4)).array());
                case 2 -> body.putInt(random.nextInt(64));
                case 3 -> body.putLong(random.nextInt(3) == 0 ? random.nextLong() : random.nextInt(100_000));
                default -> string(body, bytes(random.nextInt(10_000), random.nextLong()));
            }
        }
        byte[] whole = new byte[4 + body.position()];
        ByteBuffer.wrap(whole).putInt(body.position()).put(body.array(), 0, body.position());
        return whole;
    }

    private static void string(ByteBuffer body, byte[] bytes) {
        body.putInt(bytes.length).put(bytes);
    }

    private static byte[] init() {
        return new byte[] {0, 0, 0, 5, SftpConstants.SSH_FXP_INIT, 0, 0, 0, 3};
    }

    /** Sends bytes on a channel of its own and waits until the gateway has closed it, or ends it. */
    private void send(ClientSession session, List<byte[]> packets, String what) throws IOException {
        try (ChannelSubsystem channel = session.createSubsystemChannel(SftpConstants.SFTP_SUBSYSTEM_NAME)) {
            channel.setOut(OutputStream.nullOutputStream());
            channel.open().verify(LIMIT);
            try (OutputStream in = channel.getInvertedIn()) {
                for (byte[] packet : packets) {
                    in.write(packet);
                }
                in.flush();
            } catch (IOException closedAlready) {
                // what a malformed packet leads to
            }
            assertThat(channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), LIMIT))
                    .as(what)
                    .contains(ClientChannelEvent.CLOSED);
        }
    }

    @Test
    void packetsOfAnyContentNeverHarmTheGateway() throws IOException {
        try (ClientSession session = fixture.connect()) {
            for (long seed = 0; seed < 150; seed++) {
                Random random = new Random(seed);
                List<byte[]> packets = new ArrayList<>();
                packets.add(init());
                for (int i = 0; i < 40; i++) {
                    byte[] packet = packet(random, i);
                    if (random.nextInt(12) == 0) {
                        packet[random.nextInt(packet.length)] ^= (byte) (1 << random.nextInt(8));
                    }
                    packets.add(packet);
                }
                send(session, packets, "seed " + seed);
            }
        }
        assertServes();
    }

    @Test
    void bytesThatAreNoPacketsEndTheChannelOnly() throws IOException {
        try (ClientSession session = fixture.connect()) {
            for (long seed = 0; seed < 50; seed++) {
                send(session, List.of(bytes(new Random(seed).nextInt(5_000), seed)), "seed " + seed);
                send(
                        session,
                        List.of(init(), bytes(new Random(seed).nextInt(5_000), seed)),
                        "after init, seed " + seed);
            }
            send(session, List.of(new byte[] {0x7f, -1, -1, -1}), "a packet of two gigabytes");
            send(session, List.of(new byte[4]), "a packet of nothing");
            send(session, List.of(init(), init()), "two greetings");
            send(session, List.of(new byte[] {0, 0, 0, 5, 4, 0, 0, 0, 1}), "no greeting");
            assertThat(session.isOpen()).isTrue();
        }
        assertServes();
    }

    @Test
    void manyTinyRequestsAreAllAnswered() throws IOException {
        ByteArrayOutputStream packets = new ByteArrayOutputStream();
        packets.writeBytes(init());
        int count = 100_000;
        for (int i = 0; i < count; i++) {
            packets.writeBytes(new byte[] {0, 0, 0, 5, (byte) 99, 0, 0, 0, 1});
        }
        ByteArrayOutputStream answers = new ByteArrayOutputStream();
        try (ClientSession session = fixture.connect();
                ChannelSubsystem channel = session.createSubsystemChannel(SftpConstants.SFTP_SUBSYSTEM_NAME)) {
            channel.setOut(answers);
            channel.open().verify(LIMIT);
            try (OutputStream in = channel.getInvertedIn()) {
                in.write(packets.toByteArray());
            }
            channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), LIMIT);
        }
        ByteBuffer answer = ByteBuffer.wrap(answers.toByteArray());
        int statuses = -1;
        while (answer.hasRemaining()) {
            answer.position(answer.position() + 4 + answer.getInt(answer.position()));
            statuses++;
        }
        assertThat(statuses).isEqualTo(count);
    }

    private void assertServes() throws IOException {
        GatewayFixture.await("all uploads ended", () -> fixture.gateway.openUploads() == 0);
        try (SftpClient client = fixture.sftp()) {
            GatewayFixture.put(client, "still-there", bytes(1000, 1));
            assertThat(GatewayFixture.get(client, "still-there")).isEqualTo(bytes(1000, 1));
        }
    }
}
