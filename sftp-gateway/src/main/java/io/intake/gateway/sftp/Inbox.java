package io.intake.gateway.sftp;

import io.intake.gateway.protocol.MalformedPacketException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Bytes received and not dealt with yet. The IO thread appends and never waits; the channel's thread takes packet by packet.
 * Queued requests stay bytes until their turn, so the channel's window bounds their memory however small they are.
 */
final class Inbox {
    /** The largest packet taken, in bytes without its length field: as OpenSSH's. */
    static final int MAX_PACKET_BYTES = 256 << 10;

    private static final int SMALLEST = 16 << 10;
    /** How long an empty inbox keeps its memory: in the middle of a file it is empty after every other request. */
    private static final long KEEP_NANOS = Duration.ofMillis(500).toNanos();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final int capacity;
    private byte[] ring = new byte[0];
    private int head;
    private int count;
    /** How many bytes the reader waits for; waking it for each piece of a large packet would cost more than the packet. */
    private int awaited = Integer.MAX_VALUE;

    private boolean ended;
    private boolean lost;

    /**
     * An empty inbox.
     *
     * @param capacity in bytes: the window that the client is given, which it cannot exceed
     */
    Inbox(int capacity) {
        this.capacity = capacity;
    }

    /**
     * Takes bytes from the client.
     *
     * @throws IOException if there are more than the client was allowed to send
     */
    void append(byte[] bytes, int offset, int length) throws IOException {
        lock.lock();
        try {
            if (ended) {
                return;
            }
            if (length > capacity - count) {
                throw new IOException("the client sent more than its window");
            }
            grow(count + length);
            int tail = (int) (((long) head + count) % ring.length);
            int first = Math.min(length, ring.length - tail);
            System.arraycopy(bytes, offset, ring, tail, first);
            System.arraycopy(bytes, offset + first, ring, 0, length - first);
            count += length;
            if (count >= awaited) {
                arrived.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private void grow(int needed) {
        if (needed <= ring.length) {
            return;
        }
        int size = Math.max(SMALLEST, ring.length);
        while (size < needed) {
            size = (int) Math.min(capacity, size * 2L);
        }
        byte[] larger = new byte[size];
        copyOut(0, larger, count);
        ring = larger;
        head = 0;
    }

    private void copyOut(int from, byte[] target, int length) {
        if (length == 0) {
            return;
        }
        int start = (int) (((long) head + from) % ring.length);
        int first = Math.min(length, ring.length - start);
        System.arraycopy(ring, start, target, 0, first);
        System.arraycopy(ring, 0, target, first, length - first);
    }

    /** Nothing more comes; what is there is still dealt with. */
    void end() {
        lock.lock();
        try {
            ended = true;
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Nobody is there to be answered: what is there is dropped. */
    void lose() {
        lock.lock();
        try {
            ended = true;
            lost = true;
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a whole packet. Its memory is valid until {@link #consume}.
     *
     * @return from its type byte to its end; null when there is none any more
     * @throws MalformedPacketException if its length cannot be right
     */
    @Nullable
    ByteBuffer next() throws MalformedPacketException {
        lock.lock();
        try {
            while (true) {
                if (lost) {
                    return null;
                }
                int needed = Integer.BYTES + (count < Integer.BYTES ? 0 : length());
                if (needed > Integer.BYTES && count >= needed) {
                    return packet(needed - Integer.BYTES);
                }
                if (ended) {
                    return null;
                }
                await(needed);
            }
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // the loop is the caller's
    private void await(int bytes) {
        awaited = bytes;
        try {
            if (count > 0 || ring.length == 0) {
                arrived.awaitUninterruptibly();
            } else if (arrived.awaitNanos(KEEP_NANOS) <= 0 && count == 0) {
                ring = new byte[0];
                head = 0;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            arrived.awaitUninterruptibly(); // the end of a session is told by lose(), never by an interruption
        } finally {
            awaited = Integer.MAX_VALUE;
        }
    }

    private int length() throws MalformedPacketException {
        int length = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            length = length << 8 | (ring[(int) (((long) head + i) % ring.length)] & 0xff);
        }
        if (length < 1 || length > MAX_PACKET_BYTES) {
            throw new MalformedPacketException("a packet has 1 to " + MAX_PACKET_BYTES + " bytes: " + length);
        }
        return length;
    }

    private ByteBuffer packet(int length) {
        int start = (int) (((long) head + Integer.BYTES) % ring.length);
        if (start + length <= ring.length) {
            return ByteBuffer.wrap(ring, start, length).slice();
        }
        byte[] copy = new byte[length];
        copyOut(Integer.BYTES, copy, length);
        return ByteBuffer.wrap(copy);
    }

    /**
     * Frees the packet that {@link #next} gave.
     *
     * @param length of the packet
     * @return bytes freed, to be given back to the client's window
     */
    int consume(int length) {
        lock.lock();
        try {
            int freed = Integer.BYTES + length;
            count -= freed;
            // from the start again where possible: a packet that does not wrap need not be copied
            head = count == 0 ? 0 : (int) (((long) head + freed) % ring.length);
            return freed;
        } finally {
            lock.unlock();
        }
    }
}
