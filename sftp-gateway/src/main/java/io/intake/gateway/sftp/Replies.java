package io.intake.gateway.sftp;

import io.intake.gateway.protocol.PacketWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelListener;
import org.apache.sshd.common.channel.RemoteWindow;
import org.apache.sshd.common.util.buffer.Buffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers on their way to the client, in SSH packets as large as it takes them and its window allows (RFC 4254 section 5.2):
 * a large answer in several, all given to the connection at once, small ones that wait together in one. Bounded: a client
 * that does not read makes the channel's thread wait, so that its requests pile up at its own end. Thread-safe.
 *
 * <p>MINA's own stream hands over a packet when the one before is on the wire, which costs two changes of thread for each.
 */
final class Replies implements ChannelListener {
    /** All answers that are not on the wire yet; no single one is larger. */
    private static final int PENDING_BYTES = 1 << 20;
    /**
     * Messages that are given to the connection and not written yet: enough to keep it busy with large ones, and few enough
     * for MINA, which looks through all of them for each that was written. Small answers that come meanwhile share the next.
     */
    private static final int MOST_MESSAGES = 16;
    /** Of a CHANNEL_DATA message before its data: the recipient and the length. */
    private static final int MESSAGE_FIELDS = 2 * Integer.BYTES;

    private static final Logger LOG = LoggerFactory.getLogger(Replies.class);

    private final Channel channel;
    private final RemoteWindow window;
    private final Semaphore room = new Semaphore(PENDING_BYTES);
    private final Queue<ByteBuffer> answers = new ConcurrentLinkedQueue<>();
    private final AtomicInteger messages = new AtomicInteger();
    /** Reasons to look at the queue; whoever brings the first one stays until there is none, nobody waits for him. */
    private final AtomicInteger reasons = new AtomicInteger();

    private volatile boolean closed;

    /** Nothing under way. */
    Replies(Channel channel) {
        this.channel = channel;
        this.window = channel.getRemoteWindow();
        channel.addChannelListener(this);
    }

    /**
     * Sends a packet; waits while too much is under way.
     *
     * @throws IOException if the channel is closed
     */
    void send(PacketWriter reply) throws IOException {
        ByteBuffer packet = packet(reply);
        room.acquireUninterruptibly(packet.remaining());
        send(packet);
    }

    /**
     * Sends a packet if not too much is under way.
     *
     * @throws IOException if the channel is closed
     */
    boolean trySend(PacketWriter reply) throws IOException {
        ByteBuffer packet = packet(reply);
        if (!room.tryAcquire(packet.remaining())) {
            return false;
        }
        send(packet);
        return true;
    }

    private static ByteBuffer packet(PacketWriter reply) throws IOException {
        ByteBuffer packet = reply.toPacket();
        if (packet.remaining() > PENDING_BYTES) {
            throw new IOException("an answer of " + packet.remaining() + " bytes is larger than any may be");
        }
        return packet;
    }

    private void send(ByteBuffer packet) throws IOException {
        if (closed) {
            throw new IOException("the channel is closed");
        }
        answers.add(packet);
        proceed();
    }

    /** The client has room again, perhaps. Called on an IO thread. */
    @Override
    public void channelStateChanged(Channel changed, @Nullable String hint) {
        goOn();
    }

    private void sent(int length) {
        messages.decrementAndGet();
        room.release(length);
        goOn();
    }

    private void goOn() {
        try {
            proceed();
        } catch (IOException e) {
            LOG.debug(
                    "answers not sent: {}",
                    e.getClass().getSimpleName()); // the channel's thread learns of it by its next one
        }
    }

    private void proceed() throws IOException {
        if (reasons.getAndIncrement() > 0) {
            return;
        }
        boolean done = false;
        try {
            for (int seen = 1; seen > 0; seen = reasons.addAndGet(-seen)) {
                write();
            }
            done = true;
        } finally {
            if (!done) {
                close(); // nobody else will write, so nobody may wait
            }
        }
    }

    private void write() throws IOException {
        while (!closed && messages.get() < MOST_MESSAGES) {
            int length = length();
            if (length == 0) {
                return;
            }
            Buffer message =
                    channel.getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_DATA, MESSAGE_FIELDS + length);
            message.putUInt(channel.getRecipient());
            message.putUInt(length);
            fill(message, length);
            window.consume(length);
            messages.incrementAndGet();
            channel.writePacket(message).addListener(_ -> sent(length));
        }
    }

    /** How many bytes the next message may carry. */
    private int length() {
        long most = Math.min(window.getSize(), window.getPacketSize());
        int length = 0;
        for (ByteBuffer answer : answers) {
            length += answer.remaining();
            if (length >= most) {
                return (int) most;
            }
        }
        return length;
    }

    private void fill(Buffer message, int length) {
        for (int left = length; left > 0; ) {
            ByteBuffer answer = answers.element();
            int count = Math.min(left, answer.remaining());
            message.putRawBytes(answer.array(), answer.arrayOffset() + answer.position(), count);
            answer.position(answer.position() + count);
            left -= count;
            if (!answer.hasRemaining()) {
                answers.remove();
            }
        }
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
