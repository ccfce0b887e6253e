package io.intake.gateway.sftp;

import io.intake.gateway.protocol.MalformedPacketException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Bytes received and not dealt with yet. The IO thread appends and never waits, and deals with some by itself; the channel's thread takes packet by packet.
 * Queued requests stay bytes until their turn, so the channel's window bounds their memory however small they are.
 */
final class Inbox {
    /** The largest packet taken, in bytes without its length field: as OpenSSH's. */
    static final int MAX_PACKET_BYTES = 256 << 10;

    private static final int SMALLEST = 16 << 10;
    private static final int NOBODY = Integer.MAX_VALUE;

    /** Deals with requests where they arrive. Called while nothing is queued and the channel's thread waits for a request. */
    interface Inline {
        /**
         * Takes what it can of bytes that begin where a request begins, or go on with one that it has begun.
         *
         * @return how many, from the first on; the rest, and all that follows, is queued behind {@link #remainder}
         * @throws IOException if the channel is closed
         */
        int take(byte[] bytes, int from, int length) throws IOException;

        /**
         * The beginning of a request for what is left of one that cannot go on here: its data, of which there may be none,
         * follows in what arrives. Null if there is no such request; asked for once.
         */
        byte @Nullable [] remainder();
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final int capacity;
    private final Inline inline;
    private byte[] ring = new byte[0];
    private int head;
    private int count;
    /** How many bytes the reader waits for; waking it for each piece of a large packet would cost more than the packet. */
    private int awaited = NOBODY;

    /** Bytes of the first packet that the client did not send: they are not given back to its window. */
    private int unpaid;
    /** Whether there was anything since the last {@link #trim}. */
    private boolean used;

    private boolean ended;
    private boolean lost;

    /**
     * An empty inbox.
     *
     * @param capacity in bytes: the window that the client is given, which it cannot exceed
     * @param inline deals with requests that need not be queued
     */
    Inbox(int capacity, Inline inline) {
        this.capacity = capacity;
        this.inline = inline;
    }

    /**
     * Takes bytes from the client.
     *
     * @return how many of them were dealt with at once, to be given back to the client's window
     * @throws IOException if there are more than the client was allowed to send, or the channel is closed
     */
    int append(byte[] bytes, int offset, int length) throws IOException {
        lock.lock();
        try {
            if (ended) {
                return 0;
            }
            if (length > capacity - (count - unpaid)) {
                throw new IOException("the client sent more than its window");
            }
            boolean idle = count == 0 && awaited != NOBODY;
            int done = idle ? inline.take(bytes, offset, length) : 0;
            byte[] begun = inline.remainder();
            if (begun != null) {
                unpaid = begun.length;
                queue(begun, 0, begun.length);
            }
            queue(bytes, offset + done, length - done);
            if (count >= awaited) {
                arrived.signal();
            }
            return done;
        } finally {
            lock.unlock();
        }
    }

    private void queue(byte[] bytes, int offset, int length) {
        if (length == 0) {
            return;
        }
        grow(count + length);
        int tail = (int) (((long) head + count) % ring.length);
        int first = Math.min(length, ring.length - tail);
        System.arraycopy(bytes, offset, ring, tail, first);
        System.arraycopy(bytes, offset + first, ring, 0, length - first);
        count += length;
        used = true;
    }

    private void grow(int needed) {
        if (needed <= ring.length) {
            return;
        }
        int size = Math.max(SMALLEST, ring.length);
        while (size < needed) {
            size = (int) Math.min((long) capacity + unpaid, size * 2L);
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
        arrived.awaitUninterruptibly(); // the end of a session is told by lose(), never by an interruption
        awaited = NOBODY;
    }

    /** Gives memory back that was not used since the last call: in the middle of a file it is empty every other moment. */
    void trim() {
        if (!lock.tryLock()) {
            return;
        }
        try {
            if (count == 0 && !used && ring.length > 0) {
                ring = new byte[0];
                head = 0;
            }
            used = false;
        } finally {
            lock.unlock();
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
            used = true;
            // from the start again where possible: a packet that does not wrap need not be copied
            head = count == 0 ? 0 : (int) (((long) head + freed) % ring.length);
            int paid = freed - unpaid;
            unpaid = 0;
            return paid;
        } finally {
            lock.unlock();
        }
    }
}
