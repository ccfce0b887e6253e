package io.intake.processors.forward.mllp;

import io.intake.config.MllpTarget;
import io.intake.processors.forward.EngineAnswer;
import io.intake.processors.forward.mllp.Frames.FramingException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A connection to an engine, for one message at a time. Used by one thread at a time; after any exception it is to be closed,
 * because what still comes on it belongs to nobody knows which message.
 */
final class Connection implements AutoCloseable {
    /** Messages above this go out in two writes, so that an answer that comes before their end shows. */
    private static final int LARGE = 64 << 10;

    /** How many messages an answer may come late for, as engines do that answer twice. */
    private static final int REMEMBERED = 64;

    private final Socket wire;
    private final Socket socket;
    private final Frames frames;
    private final OutputStream out;
    private final Deque<String> acknowledged = new ArrayDeque<>();
    private volatile boolean expired;
    private @Nullable Instant lastUsed;

    private Connection(Socket wire, Socket socket) throws IOException {
        this.wire = wire;
        this.socket = socket;
        InputStream in = socket.getInputStream();
        this.frames = new Frames(new BufferedInputStream(in, 8 << 10));
        this.out = socket.getOutputStream();
    }

    /**
     * Connects.
     *
     * @param tls null for a connection in clear
     * @param timer ends what takes too long: sockets have no time-out for writing, and one for each read only
     */
    static Connection open(MllpTarget target, @Nullable SSLContext tls, ScheduledExecutorService timer)
            throws IOException {
        Socket wire = new Socket();
        int millis = Math.toIntExact(target.connectTimeout().toMillis());
        // The wire below TLS is closed, since closing TLS would wait for a writer that is stuck
        ScheduledFuture<?> end = timer.schedule(() -> closeQuietly(wire), millis, TimeUnit.MILLISECONDS);
        try {
            wire.setTcpNoDelay(true);
            wire.setKeepAlive(true);
            wire.connect(new InetSocketAddress(target.host(), target.port()), millis);
            return new Connection(wire, tls == null ? wire : secured(wire, target, tls));
        } catch (IOException | RuntimeException failed) {
            closeQuietly(wire);
            if (end.isDone()) {
                SocketTimeoutException late = new SocketTimeoutException("not connected in time");
                late.initCause(failed);
                throw late;
            }
            throw failed;
        } finally {
            end.cancel(false);
        }
    }

    private static SSLSocket secured(Socket wire, MllpTarget target, SSLContext tls) throws IOException {
        String asked = target.tls() == null ? null : target.tls().serverName();
        String name = asked == null ? target.host() : asked;
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(wire, name, target.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    /**
     * Sends a message.
     *
     * @throws FramingException if the engine answers before it can have the whole message
     */
    void send(byte[] message) throws IOException, FramingException {
        byte[] block = Frames.framed(message);
        int first = block.length > LARGE ? block.length - 2 : block.length;
        out.write(block, 0, first);
        out.flush();
        if (first < block.length) {
            if (frames.isMoreHere()) {
                throw new FramingException("ACK_BEFORE_END");
            }
            out.write(block, first, block.length - first);
            out.flush();
        }
    }

    /** Waits for the next block. */
    byte[] receive() throws IOException, FramingException {
        return frames.next();
    }

    /** Sends and receives; what may fail in both ways. */
    interface Exchange {
        EngineAnswer run() throws IOException, FramingException;
    }

    /**
     * Does what must be done by a time.
     *
     * @param timer as in {@link #open}
     * @throws SocketTimeoutException if it is not; from then on the connection is closed
     */
    EngineAnswer within(Duration timeout, ScheduledExecutorService timer, Exchange exchange)
            throws IOException, FramingException {
        ScheduledFuture<?> end = timer.schedule(this::expire, timeout.toMillis(), TimeUnit.MILLISECONDS);
        try {
            return exchange.run();
        } catch (IOException failed) {
            if (expired) {
                SocketTimeoutException late = new SocketTimeoutException("no answer in time");
                late.initCause(failed);
                throw late;
            }
            throw failed;
        } finally {
            end.cancel(false);
        }
    }

    private void expire() {
        expired = true;
        closeQuietly(wire);
    }

    /** Keeps in mind that a message is done with, and when. */
    void done(String controlId, Instant now) {
        acknowledged.addLast(controlId);
        if (acknowledged.size() > REMEMBERED) {
            acknowledged.removeFirst();
        }
        lastUsed = now;
    }

    /** Whether a message of this control id was answered on this connection; a further answer would say nothing of the next. */
    boolean hasAnswered(String controlId) {
        return acknowledged.contains(controlId);
    }

    /** Whether it has carried a message before. */
    boolean isUsed() {
        return lastUsed != null;
    }

    /**
     * Whether the next message can go over it: it did not rest for too long, as firewalls and frozen functions lose connections
     * without a word; the other side has not closed it; and no answer is here that nobody waits for.
     */
    boolean isFresh(Instant now, Duration rest) {
        if (lastUsed != null && now.isAfter(lastUsed.plus(rest))) {
            return false;
        }
        try {
            if (frames.isMoreHere()) {
                return false;
            }
            return frames.isOpen(socket);
        } catch (IOException broken) {
            return false;
        }
    }

    @Override
    public void close() {
        closeQuietly(wire);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            // It is closed as far as we are concerned
            return;
        }
    }
}
