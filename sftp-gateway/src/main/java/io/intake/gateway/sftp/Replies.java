package io.intake.gateway.sftp;

import io.intake.gateway.protocol.PacketWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import org.apache.sshd.common.io.IoOutputStream;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * Answers on their way to the client. Bounded: a client that does not read makes the channel's thread wait, so that its
 * requests pile up at its own end.
 */
final class Replies {
    private static final int PENDING_BYTES = 1 << 20;

    private final IoOutputStream out;
    private final Semaphore room = new Semaphore(PENDING_BYTES);
    private volatile boolean closed;

    /**
     * Nothing under way.
     *
     * @param out takes writes while earlier ones are under way
     */
    Replies(IoOutputStream out) {
        this.out = out;
    }

    /**
     * Sends a packet; waits while too much is under way.
     *
     * @throws IOException if the channel is closed
     */
    void send(PacketWriter reply) throws IOException {
        ByteBuffer packet = reply.toPacket();
        int permits = Math.min(packet.remaining(), PENDING_BYTES);
        room.acquireUninterruptibly(permits);
        send(packet, permits);
    }

    /**
     * Sends a packet if not too much is under way.
     *
     * @throws IOException if the channel is closed
     */
    boolean trySend(PacketWriter reply) throws IOException {
        ByteBuffer packet = reply.toPacket();
        int permits = Math.min(packet.remaining(), PENDING_BYTES);
        if (!room.tryAcquire(permits)) {
            return false;
        }
        send(packet, permits);
        return true;
    }

    private void send(ByteBuffer packet, int permits) throws IOException {
        if (closed) {
            throw new IOException("the channel is closed");
        }
        out.writeBuffer(new ByteArrayBuffer(
                        packet.array(), packet.arrayOffset() + packet.position(), packet.remaining()))
                .addListener(_ -> room.release(permits));
    }

    /** Waits until all answers are on the wire, or the channel is closed. */
    void awaitSent() {
        room.acquireUninterruptibly(PENDING_BYTES);
        room.release(PENDING_BYTES);
    }

    /** Ends all waiting; nothing is sent any more. */
    void close() {
        closed = true;
        room.release(PENDING_BYTES);
    }
}
