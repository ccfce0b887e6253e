package io.intake.gateway.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.gateway.protocol.MalformedPacketException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A byte lost or doubled between two SSH packets shifts every byte of the file behind it. */
class InboxTest {
    private static final int CAPACITY = 1 << 20;
    private static final Inbox.Inline NONE = new Inbox.Inline() {
        @Override
        public int take(byte[] bytes, int from, int length) {
            return 0;
        }

        @Override
        public byte @Nullable [] remainder() {
            return null;
        }
    };

    @Test
    void packetsComeOutAsTheyWentInHoweverTheyAreCut() throws Exception {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            Inbox inbox = new Inbox(CAPACITY, NONE);
            List<byte[]> packets = new ArrayList<>();
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            for (int i = 0; i < 60; i++) {
                byte[] packet = new byte[1 + random.nextInt(random.nextInt(10) == 0 ? Inbox.MAX_PACKET_BYTES : 3_000)];
                random.nextBytes(packet);
                packets.add(packet);
                stream.writeBytes(ByteBuffer.allocate(4).putInt(packet.length).array());
                stream.writeBytes(packet);
            }
            byte[] bytes = stream.toByteArray();
            int sent = 0;
            int pending = 0;
            int next = 0;
            while (next < packets.size()) {
                int count = Math.min(1 + random.nextInt(40_000), Math.min(bytes.length - sent, CAPACITY - pending));
                inbox.append(bytes, sent, count);
                sent += count;
                pending += count;
                while (next < packets.size() && pending >= 4 + packets.get(next).length && random.nextInt(4) > 0) {
                    ByteBuffer packet = inbox.next();
                    assertThat(packet).as("seed %d", seed).isEqualTo(ByteBuffer.wrap(packets.get(next++)));
                    pending -= inbox.consume(packet == null ? 0 : packet.remaining());
                }
            }
            inbox.end();
            assertThat(inbox.next()).isNull();
        }
    }

    @Test
    void whatCameBeforeTheEndIsDealtWithAndWhatWasLostIsNot() throws Exception {
        byte[] packet = {0, 0, 0, 1, 7};
        Inbox ended = new Inbox(CAPACITY, NONE);
        ended.append(packet, 0, packet.length);
        ended.end();
        assertThat(ended.next()).isNotNull();
        Inbox lost = new Inbox(CAPACITY, NONE);
        lost.append(packet, 0, packet.length);
        lost.lose();
        assertThat(lost.next()).isNull();
    }

    @Test
    void moreThanTheWindowAndImpossibleLengthsAreRefused() throws IOException {
        Inbox full = new Inbox(CAPACITY, NONE);
        full.append(new byte[CAPACITY], 0, CAPACITY);
        assertThatThrownBy(() -> full.append(new byte[1], 0, 1)).isInstanceOf(IOException.class);
        for (int length : new int[] {0, -1, Inbox.MAX_PACKET_BYTES + 1, Integer.MIN_VALUE}) {
            Inbox inbox = new Inbox(CAPACITY, NONE);
            inbox.append(ByteBuffer.allocate(4).putInt(length).array(), 0, 4);
            assertThatThrownBy(inbox::next).as("%d", length).isInstanceOf(MalformedPacketException.class);
        }
    }
}
