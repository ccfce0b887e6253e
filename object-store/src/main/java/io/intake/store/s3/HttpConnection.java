package io.intake.store.s3;

import io.intake.store.Content;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A kept-alive connection. One thread at a time uses it; {@link #closeIfLate} comes from another, since a blocked write has
 * no time-out of its own.
 */
final class HttpConnection implements Closeable {
    private static final int OUT_BYTES = 128 << 10;
    private static final long NONE = Long.MAX_VALUE;

    private final SocketChannel channel;
    private final Wire wire;
    private final LongSupplier nanos;
    private final HttpAnswerReader answers;
    /** Head and content leave together: a small file in one packet train, a large one in few system calls. */
    private final ByteBuffer out;

    private volatile long deadline = NONE;
    private volatile boolean late;
    private boolean answered;
    private long idleSince;

    private HttpConnection(SocketChannel channel, Wire wire, boolean direct, LongSupplier nanos) {
        this.nanos = nanos;
        this.channel = channel;
        this.wire = wire;
        this.answers = new HttpAnswerReader(wire);
        this.out = direct ? ByteBuffer.allocateDirect(OUT_BYTES) : ByteBuffer.allocate(OUT_BYTES);
    }

    /**
     * Connects, to the first of the host's addresses that answers.
     *
     * @param tls null for none
     * @param timeout for each address
     * @param nanos a clock that only goes forward
     */
    static HttpConnection open(String host, int port, @Nullable SSLContext tls, Duration timeout, LongSupplier nanos)
            throws IOException {
        IOException failure = new UnknownHostException("the store's host has no address");
        for (InetAddress address : InetAddress.getAllByName(host)) {
            try {
                return open(new InetSocketAddress(address, port), host, tls, timeout, nanos);
            } catch (IOException e) {
                failure = e;
            }
        }
        throw failure;
    }

    private static HttpConnection open(
            InetSocketAddress address, String host, @Nullable SSLContext tls, Duration timeout, LongSupplier nanos)
            throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            channel.socket().connect(address, (int) timeout.toMillis());
            if (tls == null) {
                return new HttpConnection(channel, new Wire.Plain(channel), true, nanos);
            }
            Thread watch = Thread.ofVirtual().unstarted(() -> closeAfter(channel, timeout));
            watch.start();
            try {
                return new HttpConnection(
                        channel, TlsWire.handshake(tls, channel, host, address.getPort()), false, nanos);
            } finally {
                watch.interrupt();
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void closeAfter(SocketChannel channel, Duration timeout) {
        try {
            Thread.sleep(timeout);
            channel.close();
        } catch (InterruptedException | IOException _) {
            // agreed in time, or gone already
        }
    }

    /**
     * Sends a request and waits for its answer.
     *
     * @param total for all of it
     * @param silence after the last byte of content until the answer
     */
    HttpAnswer exchange(byte[] head, Content content, Duration total, Duration silence) throws IOException {
        answered = false;
        long end = nanos.getAsLong() + total.toNanos();
        deadline = end;
        try {
            try {
                send(head, content);
            } catch (IOException e) {
                return early(e);
            }
            deadline = Math.min(end, nanos.getAsLong() + silence.toNanos());
            HttpAnswer answer = answers.read();
            answered = true;
            return answer;
        } finally {
            deadline = NONE;
        }
    }

    /**
     * Sends a request without content and waits for its answer, of which {@link #content} then reads the body if it is one
     * of success.
     *
     * @param silence until the answer
     */
    HttpAnswer ask(byte[] head, Duration silence) throws IOException {
        answered = false;
        deadline = nanos.getAsLong() + silence.toNanos();
        try {
            out.clear().put(head);
            flush();
            HttpAnswer answer = answers.readToContent();
            answered = true;
            return answer;
        } finally {
            deadline = NONE;
        }
    }

    /**
     * Reads some of the last answer's body.
     *
     * @param target takes no more than the body's length leaves
     * @param silence until the first byte
     * @return negative if the connection ended
     */
    int content(ByteBuffer target, Duration silence) throws IOException {
        deadline = nanos.getAsLong() + silence.toNanos();
        try {
            return answers.content(target);
        } finally {
            deadline = NONE;
        }
    }

    /** The answer of a server that refused before it had read all; else the failure itself. */
    private HttpAnswer early(IOException failure) throws IOException {
        try {
            HttpAnswer refusal = answers.read();
            answered = true;
            return new HttpAnswer(refusal.status(), refusal.headers(), refusal.body(), false);
        } catch (IOException _) {
            throw failure;
        }
    }

    private void send(byte[] head, Content content) throws IOException {
        out.clear();
        out.put(head);
        long left = content.length();
        try (ReadableByteChannel source = content.newChannel()) {
            while (left > 0) {
                if (!out.hasRemaining()) {
                    flush();
                }
                int count = source.read(out);
                if (count < 0 || count > left) {
                    throw new EOFException("the content is not as long as it says");
                }
                left -= count;
            }
        }
        flush();
    }

    private void flush() throws IOException {
        out.flip();
        wire.write(out);
        out.clear();
    }

    /** Whether the last request got an answer: one that did not may be tried again on a fresh connection. */
    boolean wasAnswered() {
        return answered;
    }

    /** Whether the connection was closed because its time was up. */
    boolean isLate() {
        return late;
    }

    boolean isReusable(HttpAnswer answer) {
        return answer.reusable() && !answers.hasRest() && channel.isOpen();
    }

    void idleFrom(long nanos) {
        idleSince = nanos;
    }

    long idleSince() {
        return idleSince;
    }

    /** Ends an exchange whose time is up. Any thread. */
    void closeIfLate(long now) {
        long end = deadline;
        if (end != NONE && now - end > 0) {
            late = true;
            close();
        }
    }

    @Override
    public void close() {
        try {
            wire.close();
        } catch (IOException _) {
            // it is of no use any more
        }
    }
}
